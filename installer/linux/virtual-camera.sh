#!/bin/sh
# Sets up a virtual camera called "Emotion Overlay" on Linux; `usage` below says how.
# DESTDIR puts everything under another root folder, as in packaging and tests.
set -eu

name="Emotion Overlay"
root=${DESTDIR-}
options=$root/etc/modprobe.d/emotion-overlay.conf
at_start=$root/etc/modules-load.d/emotion-overlay.conf
module=$root/sys/module/v4l2loopback

usage() {
    cat <<EOF
Usage: sudo $0 [--remove | --configure] [--yes]

Sets up a virtual camera called "$name", now and after every start: installs the
kernel module v4l2loopback with the system's package manager, loads it, and writes
  $options
  $at_start

It first says what it will do, and asks.

  --remove    take the set-up away again: unload the module and delete the two files; the
              package stays, because other programs may use it
  --configure for packages: write the two files and load the module if it is installed, without
              asking, installing anything, or changing the options or cameras of others
  -y, --yes   do not ask
  -h, --help  show this text
EOF
}

fail() {
    echo "$0: $1" >&2
    exit 2
}

confirm() {
    [ -z "$yes" ] || return 0
    [ -t 0 ] || fail "there is no terminal to ask on: add --yes"
    printf 'Go on? [y/N] '
    read -r answer
    case $answer in
    [yY] | [yY][eE][sS]) ;;
    *) fail "nothing was changed" ;;
    esac
}

# What is there already.

# The first file of somebody else that sets options of v4l2loopback.
foreign_options() {
    for folder in etc run usr/local/lib usr/lib lib; do
        for file in "$root/$folder"/modprobe.d/*.conf; do
            if [ "$file" != "$options" ] && [ -n "$(options_in "$file")" ]; then
                echo "$file"
                return
            fi
        done
    done
}

# The options of v4l2loopback that a file sets; a backslash at the end of a line joins the next one.
options_in() {
    sed -e :a -e '/\\$/N; s/\\\n/ /; ta' "$1" 2>/dev/null |
        grep '^[[:space:]]*options[[:space:]]\{1,\}v4l2loopback[[:space:]]' || true
}

# The names of v4l2loopback devices; only they have the attribute max_openers.
cameras() {
    for device in "$root"/sys/devices/virtual/video4linux/video*; do
        [ ! -e "$device/max_openers" ] || cat "$device/name"
    done
}

cameras_of_others() {
    cameras | grep -vxF "$name" | sort -u | paste -s -d , - | sed 's/,/, /g'
}

# Whether a camera with our name, or one after another file's options, is there and calls list it.
is_set_up() {
    cameras | grep -qxF "$name" || { [ -n "$foreign" ] && [ -n "$(cameras)" ]; } || return 1
    grep -q Y "$module/parameters/exclusive_caps" 2>/dev/null
}

has_secure_boot() {
    variable=$root/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
    [ "$(od -An -tu1 -j4 -N1 "$variable" 2>/dev/null | tr -d ' ')" = 1 ]
}

package_manager() {
    for program in apt-get pacman dnf; do
        if command -v "$program" >/dev/null; then
            echo "$program"
            return
        fi
    done
}

# What is done.

install_module() {
    kernel=$(uname -r)
    case $package in
    apt-get)
        apt-get update
        apt-get install --yes "linux-headers-$kernel" ||
            fail "there is no package linux-headers-$kernel: restart into a kernel of your distribution and try again"
        apt-get install --yes v4l2loopback-dkms
        ;;
    pacman)
        pacman --sync --needed --noconfirm linux-headers v4l2loopback-dkms
        ;;
    dnf)
        dnf install --assumeyes akmod-v4l2loopback ||
            fail "akmod-v4l2loopback is in RPM Fusion: enable it (https://rpmfusion.org/Configuration) and try again"
        akmods --force
        ;;
    esac
}

write_options() {
    mkdir -p "${options%/*}"
    # exclusive_caps=1: Chrome lists only devices that say they capture and nothing else.
    echo "options v4l2loopback devices=1 exclusive_caps=1 card_label=\"$name\"" >"$options"
}

unload_module() {
    modprobe --remove v4l2loopback ||
        fail "the virtual camera is in use: close the programs that show it and try again"
}

load_module() {
    modprobe v4l2loopback && return
    has_secure_boot || fail "the kernel did not load v4l2loopback; \`sudo dmesg | tail\` says why"
    explain_secure_boot >&2
    exit 2
}

# DKMS and akmods sign what they build with a key of this computer, which its owner has to enrol.
explain_secure_boot() {
    for key in /var/lib/shim-signed/mok/MOK.der /var/lib/dkms/mok.pub \
        /etc/pki/akmods/certs/public_key.der; do
        [ ! -e "$root$key" ] || break
    done
    [ -e "$root$key" ] ||
        fail "Secure Boot is on, and v4l2loopback is not signed: https://wiki.debian.org/SecureBoot says how"
    cat <<EOF
Secure Boot is on, and the kernel does not trust the key yet with which this computer
signed v4l2loopback. You have to enrol it, once:

  1. sudo mokutil --import $key
     and choose a password; you need it in step 2 only. Without mokutil, install it first.
  2. Restart. Before the system starts, a blue screen offers "Enroll MOK": choose it, then
     "Continue", "Yes", type the password, and "Reboot".
  3. Run this script again.
EOF
}

# What has to be done with the module: load, reload, nothing, or `wait` where it serves others.
next_step() {
    if [ ! -d "$module" ]; then
        echo load
    elif is_set_up; then
        echo nothing
    elif [ -n "$others" ]; then
        echo wait
    else
        echo reload
    fi
}

check_foreign_options() {
    [ -n "$foreign" ] || return 0
    options_in "$foreign" | grep -q 'exclusive_caps=[0-9YyNn,]*[1Yy]' ||
        fail "$foreign sets options of v4l2loopback: add exclusive_caps=1 there, or delete it, and try again"
}

print_plan() {
    echo "This will:"
    [ -z "$package" ] || echo "- install v4l2loopback for this kernel, with $package"
    if [ -n "$foreign" ]; then
        echo "- leave the options to $foreign, the camera's name among them"
    else
        echo "- write $options"
    fi
    echo "- write $at_start"
    case $step in
    load) echo "- load v4l2loopback" ;;
    reload) echo "- load v4l2loopback again, with these options" ;;
    nothing) echo "- leave v4l2loopback loaded: the camera is there already" ;;
    wait) echo "- leave v4l2loopback loaded, because of cameras that are not ours: $others" ;;
    esac
    ! has_secure_boot || echo "- say what to do if Secure Boot keeps the kernel from loading it"
}

set_up() {
    foreign=$(foreign_options)
    check_foreign_options
    others=$(cameras_of_others)
    step=$(next_step)
    package=
    if ! modinfo v4l2loopback >/dev/null 2>&1; then
        package=$(package_manager)
        [ -n "$package" ] || fail "install v4l2loopback with your package manager and try again"
    fi
    print_plan
    confirm

    [ -z "$package" ] || install_module
    [ "$step" != reload ] || unload_module
    [ -n "$foreign" ] || write_options
    mkdir -p "${at_start%/*}"
    echo v4l2loopback >"$at_start"
    case $step in
    load | reload) load_module ;;
    wait)
        echo "The camera appears after the next start of the computer; or, without it, by this command,"
        echo "once nothing needs those cameras any more:"
        echo "sudo modprobe --remove v4l2loopback && sudo modprobe v4l2loopback"
        return
        ;;
    esac
    echo "The camera is there: emotion-overlay cameras"
}

configure() {
    foreign=$(foreign_options)
    if [ -n "$foreign" ]; then
        echo "The virtual camera is left to $foreign, which sets options of v4l2loopback."
        return
    fi
    others=$(cameras_of_others)
    step=$(next_step)
    write_options
    mkdir -p "${at_start%/*}"
    echo v4l2loopback >"$at_start"
    if [ "$step" = nothing ]; then
        echo "The virtual camera \"$name\" is there already."
    elif [ "$step" = wait ]; then
        echo "v4l2loopback serves cameras that are not ours ($others): the virtual camera \"$name\""
        echo "appears after the next start of the computer."
    elif ! modinfo v4l2loopback >/dev/null 2>&1; then
        echo "The virtual camera \"$name\" needs the kernel module v4l2loopback (v4l2loopback-dkms"
        echo "and the headers of the kernel); it appears after the next start of the computer."
    else
        [ "$step" != reload ] || unload_module
        load_module
        echo "The virtual camera \"$name\" is there."
    fi
}

take_away() {
    others=$(cameras_of_others)
    echo "This will:"
    echo "- delete $options"
    echo "- delete $at_start"
    if [ ! -d "$module" ]; then
        echo "- leave v4l2loopback alone, which is not loaded"
    elif [ -n "$others" ]; then
        echo "- leave v4l2loopback loaded, because of cameras that are not ours: $others"
    else
        echo "- unload v4l2loopback, whose package stays"
    fi
    confirm

    [ ! -d "$module" ] || [ -n "$others" ] || unload_module
    rm -f "$options" "$at_start"
    echo "Done."
}

action=set_up
yes=
for argument; do
    case $argument in
    --remove) action=take_away ;;
    --configure) action=configure ;;
    -y | --yes) yes=yes ;;
    -h | --help)
        usage
        exit
        ;;
    *) fail "there is no option $argument: see $0 --help" ;;
    esac
done
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "needs root: sudo $0 $*"
$action
