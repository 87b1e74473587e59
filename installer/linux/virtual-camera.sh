#!/bin/sh
# Makes a virtual camera called "Emotion Overlay" on Linux, now and after every start.
#
#   sudo installer/linux/virtual-camera.sh            install v4l2loopback and set it up
#   sudo installer/linux/virtual-camera.sh --remove   take the set-up away again
#
# It writes two files, named below, and installs the kernel module v4l2loopback with the system's
# package manager. --remove deletes the two files and leaves the package, which others may use.
# DESTDIR puts the two files under another root folder, as in packaging and tests.
set -eu

etc=${DESTDIR-}/etc
options=$etc/modprobe.d/emotion-overlay.conf
at_start=$etc/modules-load.d/emotion-overlay.conf

fail() {
    echo "$0: $1" >&2
    exit 2
}

refuse_foreign_options() {
    other=$(grep -ls '^[[:space:]]*options[[:space:]]\{1,\}v4l2loopback' "$etc"/modprobe.d/*.conf |
        grep -vx "$options" | head -n 1) || true
    [ -z "$other" ] || fail "$other already sets options of v4l2loopback; add exclusive_caps=1 there, or delete it and try again"
}

install_module() {
    if modinfo v4l2loopback >/dev/null 2>&1; then
        return
    fi
    kernel=$(uname -r)
    if command -v apt-get >/dev/null; then
        apt-get update
        apt-get install --yes "linux-headers-$kernel" ||
            fail "no package linux-headers-$kernel: restart into a kernel of your distribution and try again"
        apt-get install --yes v4l2loopback-dkms
    elif command -v pacman >/dev/null; then
        pacman --sync --needed --noconfirm linux-headers v4l2loopback-dkms
    elif command -v dnf >/dev/null; then
        dnf install --assumeyes akmod-v4l2loopback ||
            fail "akmod-v4l2loopback is in RPM Fusion: enable it (https://rpmfusion.org/Configuration) and try again"
        akmods --force
    else
        fail "install v4l2loopback with your package manager and try again"
    fi
}

write_configuration() {
    mkdir -p "$etc/modprobe.d" "$etc/modules-load.d"
    # exclusive_caps=1: Chrome lists only devices that say they capture and nothing else.
    echo 'options v4l2loopback devices=1 exclusive_caps=1 card_label="Emotion Overlay"' >"$options"
    echo v4l2loopback >"$at_start"
}

unload_module() {
    [ -d /sys/module/v4l2loopback ] || return 0
    modprobe --remove v4l2loopback ||
        fail "the virtual camera is in use: close the programs that show it and try again"
}

load_module() {
    modprobe v4l2loopback ||
        fail "the kernel did not load v4l2loopback; with Secure Boot its key must be enrolled first (mokutil --import)"
}

[ -n "${DESTDIR-}" ] || [ "$(id -u)" = 0 ] || fail "needs root: sudo $0 $*"
case "${1-}" in
"")
    refuse_foreign_options
    install_module
    unload_module
    write_configuration
    load_module
    echo 'The camera "Emotion Overlay" is there: emotion-overlay cameras'
    ;;
--remove)
    unload_module
    rm -f "$options" "$at_start"
    echo 'The camera "Emotion Overlay" is gone; the package v4l2loopback stays installed.'
    ;;
*)
    fail "unknown option $1; the only one is --remove"
    ;;
esac
