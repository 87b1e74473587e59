#!/usr/bin/env bash
# Tries the installer for Windows in Wine 10, in a Debian 13 made for the occasion: installs
# silently, analyzes, runs, is controlled over its pipe, starts the tray application, uninstalls.
#
#   tests/packages/windows.sh SETUP.exe        or    make windows-test
#
# Needs root, mmdebstrap, uv and binutils-mingw-w64-x86-64. ROOT names the folder of a machine to
# use again; it is made if it is missing. What Wine 10 lacks is put into the installed application:
# NumPy 2.0, since newer ones need `crealf`, and stand-ins for icuuc.dll and mscms.dll, which Qt
# asks about old encodings of text and about colour profiles of screens.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
setup=$(realpath "$1")

trial="windows trial"
# shellcheck source=tests/machine.sh
. "$here/../machine.sh"
enter_namespace "$0" "$@"
open_machine "${ROOT-}"

for tool in uv x86_64-w64-mingw32-ld; do
    command -v "$tool" >/dev/null || fail "needs $tool (binutils-mingw-w64-x86-64 has ld)"
done

if [ ! -e "$machine/etc/debian_version" ]; then
    step "a Debian 13 with Wine"
    mmdebstrap --quiet --variant=minbase --include=wine,wine64,xvfb trixie "$machine"
fi
mount -t proc proc "$machine/proc"
mount --rbind /sys "$machine/sys"
mount --rbind /dev "$machine/dev"
chroot "$machine" id student >/dev/null 2>&1 || chroot "$machine" useradd --create-home student
home=$machine/home/student
rm -rf "$home/.wine"
mkdir -p "$home/run"
chroot "$machine" chown student /home/student/run
cp "$setup" "$home/setup.exe"
cp "$here/../../docs/pictures/demo.jpg" "$home/"

wine_home='C:\users\student\AppData\Local'
program="$home/.wine/drive_c/users/student/AppData/Local/Programs/Emotion Overlay"

as_student() {
    unshare --net -- chroot --userspec=student:student "$machine" env -i HOME=/home/student \
        USER=student PATH=/usr/bin:/bin LANG=C.UTF-8 WINEDEBUG=-all \
        WINEDLLOVERRIDES=mscms=n DISPLAY=:9 XDG_RUNTIME_DIR=/home/student/run \
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

wait_until_running() {
    for _ in $(seq 60); do
        sleep 1
        if app status 2>/dev/null | grep --quiet "mode"; then return; fi
    done
    fail "nothing runs: $(cat "$machine/tmp/run")"
}

rm -f "$machine/tmp/.X9-lock" "$machine/tmp/.X11-unix/X9" # of an earlier trial
chroot "$machine" Xvfb :9 -screen 0 1280x720x24 >/dev/null 2>&1 &

step "Wine"
as_student "wine --version; wineboot --init >/dev/null 2>&1; wineserver --wait"

step "silent installation"
as_student "time wine setup.exe /S"
[ -e "$program/emotion-overlay.exe" ] || fail "nothing was installed"
du -sm "$program"
rm -rf "$program"/lib/numpy*
uv pip install --quiet --no-deps --only-binary :all: --target "$program/lib" \
    --python-platform x86_64-pc-windows-msvc --python-version 3.12 numpy==2.0.2
"$here/stand_in.sh" "$program/lib/PySide6/Qt6Core.dll" icuuc.dll "$program/lib/PySide6"
"$here/stand_in.sh" "$program/lib/PySide6/plugins/platforms/qwindows.dll" mscms.dll "$program"
chown --recursive --reference="$program/lib" "$program" # the user who removes it

step "version, models, analyze"
expect "--version" "emotion-overlay .*, commit .*model emotion"
expect "doctor" "with the installer for Windows"
expect "analyze demo.jpg --json faces.jsonl --force" "looked neutral"
[ -z "${RESULT-}" ] || cp "$home/faces.jsonl" "$RESULT"

step "run, and control over the pipe"
expect "run --source demo --output none --mode on-air --seconds 40" "faces +[1-9]"
app "run --source demo --output none --seconds 120" >"$machine/tmp/run" 2>&1 &
running=$!
wait_until_running
expect "status" "only-me"
expect "mode on-air" "on-air"
expect "status" "mode +on-air"
expect "stop" "stopped"
wait "$running" || true
grep --quiet --extended-regexp "faces +[1-9]" "$machine/tmp/run" || fail "$(cat "$machine/tmp/run")"

step "a labelled video"
expect "run --source demo --output x.mp4 --mode on-air --seconds 3" "x.mp4"
[ -s "$home/x.mp4" ] || fail "there is no x.mp4"

step "the tray application"
consent=$(sed -n 's/^CONSENT_VERSION.* = //p' "$here/../../overlay/consent.py")
as_student "EMOTION_OVERLAY_CONSENT=$consent EMOTION_OVERLAY_SOURCE=demo EMOTION_OVERLAY_OUTPUT=none \
    timeout 300 wine '$wine_home\\Programs\\Emotion Overlay\\Emotion Overlay.exe'" >"$machine/tmp/run" 2>&1 &
wait_until_running
expect "status" "mode"
[ -z "${PICTURE-}" ] || DISPLAY=:9 import -window root "$PICTURE"
expect "stop" "stopped"

step "silent removal leaves nothing but the data"
as_student "wine '$wine_home\\Programs\\Emotion Overlay\\uninstall.exe' /S; wineserver --wait"
[ ! -e "$program" ] || fail "$(find "$program" | head -n 5) is left"
[ -d "$home/.wine/drive_c/users/student/AppData/Local/emotion-overlay" ] || fail "the data are gone"

step "passed"
