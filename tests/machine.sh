# shellcheck shell=bash
# Sourced by scripts that try something on a machine made for the occasion: a Debian in a folder,
# whose mounts go when the script ends. KEEP=1 leaves the folder behind.
#
#   trial="package trial"               what messages begin with
#   . tests/machine.sh
#   enter_namespace "$0" "$@"
#   open_machine [FOLDER]               sets $machine

: "${trial:?what messages begin with}"

fail() {
    echo "$trial: $1" >&2
    exit 1
}

step() {
    printf '\n== %s\n' "$1"
}

# Starts the script again with mounts and processes of its own, so that whatever happens none is
# left on the host.
enter_namespace() {
    [ "$(id -u)" = 0 ] || fail "needs root"
    command -v mmdebstrap >/dev/null || fail "needs mmdebstrap: apt install mmdebstrap"
    [ -z "${IN_NAMESPACE-}" ] || return 0
    exec env IN_NAMESPACE=1 unshare --mount --pid --fork --kill-child --propagation private -- "$@"
}

# A folder that is named is used again, and stays.
open_machine() {
    machine=${1:-$(mktemp -d "/var/tmp/${trial// /-}.XXXXXX")}
    mkdir -p "$machine"
    chmod 755 "$machine"
    mount --bind "$machine" "$machine"
    [ -n "${1-}" ] || trap remove_machine EXIT
}

remove_machine() {
    [ -z "${KEEP-}" ] || { echo "left at $machine" && return; }
    umount --recursive --lazy "$machine"
    rm -rf --one-file-system "$machine"
}

# What programs expect of every Linux, with none of the host's devices.
mount_system() {
    mount -t proc proc "$machine/proc"
    mount -t tmpfs tmpfs "$machine/dev"
    mkdir "$machine/dev/shm" "$machine/dev/pts"
    for device in null zero urandom random full tty; do
        touch "$machine/dev/$device"
        mount --bind "/dev/$device" "$machine/dev/$device"
    done
    ln -s /proc/self/fd "$machine/dev/fd"
    chmod 1777 "$machine/dev/shm"
}
