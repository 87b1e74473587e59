#!/usr/bin/env bash
# Tries the Debian package on a machine that has nothing: a bare Debian made for the occasion, in
# which it is installed, used without any network, upgraded, removed and purged.
#
#   tests/packages/trial.sh PACKAGE.deb [OLDER.deb]        or    make package-test
#
# Needs root and mmdebstrap. SUITE (default bookworm) chooses the Debian release; ROOT names a tar
# archive of a bare one, which saves making it; KEEP=1 leaves the machine's folder behind.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=${SUITE:-bookworm}
package=$(realpath "$1")
older=${2:+$(realpath "$2")}

trial="package trial"
# shellcheck source=tests/machine.sh
. "$here/../machine.sh"
enter_namespace "$0" "$@"
open_machine

build_machine() {
    if [ -n "${ROOT-}" ]; then
        tar --extract --file "$ROOT" --directory "$machine" --exclude './dev/*'
    else
        mmdebstrap --quiet --variant=minbase "$suite" "$machine"
    fi
    mount_system
    cp --dereference /etc/resolv.conf /etc/hosts "$machine/etc/"
    cp --dereference /etc/apt/apt.conf.d/* "$machine/etc/apt/apt.conf.d/" 2>/dev/null || true
    chroot "$machine" useradd --create-home student
    cp "$here/session.sh" "$machine/usr/local/bin/trial-session"
    cp "$here/../e2e/xfce4-panel.xml" "$machine/usr/local/share/"
    cp "$package" ${older:+"$older"} "$machine/tmp/"
}

as_root() {
    chroot "$machine" env DEBIAN_FRONTEND=noninteractive bash -c "$1"
}

as_student() {
    unshare --net -- chroot --userspec=student:student "$machine" env -i \
        HOME=/home/student USER=student PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 bash -c "cd; $1"
}

install() {
    as_root "apt-get install --yes --quiet=2 --no-install-recommends /tmp/$(basename "$1")" 2>&1 |
        tail -n 4
}

expect() {
    as_student "$1" 2>&1 | tee "$machine/tmp/said"
    grep --quiet --extended-regexp "$2" "$machine/tmp/said" || fail "'$1' does not say '$2'"
}

step "a bare $suite"
build_machine
as_root "apt-get update --quiet=2"

if [ -n "$older" ]; then
    step "an older package, its settings and data"
    install "$older"
    expect "emotion-overlay settings set theme light && emotion-overlay student add Ada" "."
fi

step "installing $(basename "$package")"
install "$package"
as_root "apt-get install --yes --quiet=2 --no-install-recommends xvfb xfce4-panel openbox dbus libglib2.0-bin \
    dbus-x11 xdotool imagemagick >/dev/null 2>&1"

if [ -n "$older" ]; then
    step "the upgrade has kept settings and data"
    expect "emotion-overlay settings" "theme .*light"
    expect "emotion-overlay student list" "Ada"
fi

step "every library is there"
missing=$(as_root "find /usr/lib/emotion-overlay \( -name '*.so*' -o -name emotion-overlay \) -type f |
    LD_LIBRARY_PATH=/usr/lib/emotion-overlay/_internal xargs ldd 2>/dev/null | grep 'not found' | sort -u" || true)
[ -z "$missing" ] || fail "missing: $missing"

step "without a network: version, doctor, analyze, run"
expect "emotion-overlay --version" "^emotion-overlay .*, commit .*, model emotion"
expect "emotion-overlay doctor || true" "as a Debian package"
grep --quiet "ok *models" "$machine/tmp/said" || fail "doctor finds no models"
cp "$here/../../docs/pictures/demo.jpg" ${CLIP:+"$CLIP"} "$machine/home/student/"
expect "emotion-overlay analyze demo.jpg --json faces.jsonl && cat faces.jsonl" '"emotion": "neutral"'
if [ -n "${CLIP-}" ]; then
    expect "emotion-overlay analyze $(basename "$CLIP") --json clip.jsonl --save labelled.mp4 && ls -l labelled.mp4" "labelled.mp4"
    cp "$machine/home/student/clip.jsonl" "${RESULT:-/dev/null}"
fi
expect "emotion-overlay run --source demo --output none --mode on-air --seconds 5" "with labels|faces +[1-9]"

step "without a network: started from the menu, under X"
consent=$(sed -n 's/^CONSENT_VERSION.* = //p' "$here/../../overlay/consent.py")
expect "trial-session $consent" "icon after .*warm"
[ -z "${PICTURE-}" ] || cp "$machine/home/student/desktop.png" "$PICTURE"

as_student "emotion-overlay settings set scale 1.1"
step "removing: settings and data stay, the virtual camera goes"
[ -e "$machine/etc/modprobe.d/emotion-overlay.conf" ] || fail "the virtual camera was not configured"
as_root "apt-get remove --yes --quiet=2 emotion-overlay" 2>&1 | tail -n 4
[ ! -e "$machine/etc/modprobe.d/emotion-overlay.conf" ] || fail "modprobe.d was left"
[ ! -e "$machine/usr/lib/emotion-overlay" ] || fail "/usr/lib/emotion-overlay was left"
[ -d "$machine/home/student/.config/emotion-overlay" ] || fail "the settings are gone"
as_root "apt-get purge --yes --quiet=2 emotion-overlay" 2>&1 | tail -n 4
left=$(find "$machine"/{etc,usr,var} -iname '*emotion*overlay*' ! -path '*/tmp/*' ! -path '*/cache/*' || true)
[ -z "$left" ] || fail "purge leaves $left"
[ -d "$machine/home/student/.config/emotion-overlay" ] || fail "purge takes the settings"

step "passed on $suite"
