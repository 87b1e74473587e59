#!/usr/bin/env bash
# Tries the installer for Windows in Wine 10, in a Debian 13 made for the occasion: installs
# silently, analyzes, runs, is controlled over its pipe, starts the tray application, uninstalls.
#
#   tests/packages/windows.sh SETUP.exe        or    make windows-test
#
# Needs root and mmdebstrap. ROOT names the folder of a machine to use again; it is made if it is
# missing. Wine lacks a function that NumPy from 2.1 on needs, so the installed NumPy is replaced.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
setup=$(realpath "$1")
machine=${ROOT:-$(mktemp -d /var/tmp/windows-trial.XXXXXX)}

fail() {
    echo "windows trial: $1" >&2
    exit 1
}

step() {
    printf '\n== %s\n' "$1"
}

[ "$(id -u)" = 0 ] || fail "needs root"
command -v mmdebstrap >/dev/null || fail "needs mmdebstrap: apt install mmdebstrap"
if [ -z "${IN_NAMESPACE-}" ]; then
    exec env IN_NAMESPACE=1 unshare --mount --pid --fork --kill-child --propagation private -- "$0" "$@"
fi

if [ ! -e "$machine/etc/debian_version" ]; then
    step "a Debian 13 with Wine"
    mmdebstrap --quiet --variant=minbase --include=wine,wine64,xvfb trixie "$machine"
fi
mount --bind "$machine" "$machine"
[ -n "${ROOT-}" ] || trap 'umount --recursive --lazy "$machine"; rm -rf --one-file-system "$machine"' EXIT
mount -t proc proc "$machine/proc"
mount --rbind /sys "$machine/sys"
mount --rbind /dev "$machine/dev"
chroot "$machine" id student >/dev/null 2>&1 || chroot "$machine" useradd --create-home student
home=$machine/home/student
rm -rf "$home/.wine"
cp "$setup" "$home/setup.exe"
cp "$here/../../docs/pictures/demo.jpg" "$home/"

wine_home='C:\users\student\AppData\Local'
program="$home/.wine/drive_c/users/student/AppData/Local/Programs/Emotion Overlay"

as_student() {
    unshare --net -- chroot --userspec=student:student "$machine" env -i HOME=/home/student \
        USER=student PATH=/usr/bin:/bin LANG=C.UTF-8 WINEDEBUG=-all DISPLAY=:9 \
        bash -c "cd; $1" </dev/null
}

# The application inside Wine; $1 is a command line of it.
app() {
    as_student "timeout ${PATIENCE:-300} wine '$wine_home\\Programs\\Emotion Overlay\\emotion-overlay.exe' $1"
}

expect() {
    { app "$1" || true; } 2>&1 | tee "$machine/tmp/said" | tr -d '\r' | tail -n 20
    grep --quiet --extended-regexp "$2" "$machine/tmp/said" || fail "'$1' does not say '$2'"
}

chroot "$machine" Xvfb :9 -screen 0 1280x720x24 >/dev/null 2>&1 &

step "Wine"
as_student "wine --version; wineboot --init >/dev/null 2>&1; wineserver --wait"

step "silent installation"
as_student "time wine setup.exe /S"
[ -e "$program/emotion-overlay.exe" ] || fail "nothing was installed"
du -sm "$program"
if [ -n "${NUMPY-}" ]; then
    rm -rf "$program"/lib/numpy*
    unzip -q "$NUMPY" -d "$program/lib"
fi

step "version, models, analyze"
expect "--version" "emotion-overlay .*, commit .*model emotion"
expect "doctor" "with the installer for Windows"
expect "analyze demo.jpg --json faces.jsonl --force" "looked neutral"
[ -z "${RESULT-}" ] || cp "$home/faces.jsonl" "$RESULT"

step "run, and control over the pipe"
expect "run --source demo --output none --mode on-air --seconds 40" "faces +[1-9]"
app "run --source demo --output none --seconds 60" >"$machine/tmp/run" 2>&1 &
running=$!
for _ in $(seq 40); do
    sleep 1
    app status 2>/dev/null | grep -q "mode" && break
done
expect "status" "only-me"
expect "mode on-air" "on-air"
expect "stop" "stopped"
wait "$running" || true

step "a labelled video"
expect "run --source demo --output x.mp4 --mode on-air --seconds 3" "x.mp4"
[ -s "$home/x.mp4" ] || fail "there is no x.mp4"

step "the tray application"
as_student "EMOTION_OVERLAY_CONSENT=1 EMOTION_OVERLAY_SOURCE=demo EMOTION_OVERLAY_OUTPUT=none timeout 120 \
    wine '$wine_home\\Programs\\Emotion Overlay\\Emotion Overlay.exe'" >/dev/null 2>&1 &
for _ in $(seq 60); do
    sleep 1
    app status 2>/dev/null | grep -q "mode" && break
done
expect "status" "mode"
expect "stop" "stopped"

step "silent removal leaves nothing but the data"
as_student "wine '$wine_home\\Programs\\Emotion Overlay\\uninstall.exe' /S; wineserver --wait"
[ ! -e "$program" ] || fail "$(find "$program" | head -n 5) is left"
[ -d "$home/.wine/drive_c/users/student/AppData/Local/emotion-overlay" ] || fail "the data are gone"

step "passed"
