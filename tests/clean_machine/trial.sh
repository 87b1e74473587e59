#!/usr/bin/env bash
# Tries the README's first command, `make run`, on a machine that has nothing: a bare Debian made
# for the occasion, a new user with an empty home and a cold pip cache, a fresh clone of HEAD.
#
#   tests/clean_machine/trial.sh        or    make clean-machine
#
# Needs root and mmdebstrap. SUITE (default bookworm) chooses the Debian release; KEEP=1 leaves the
# machine's folder behind. The host's pip configuration, name service and certificates go with it.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
suite=${SUITE:-bookworm}
libraries=(libxcb1 libgl1 libglib2.0-0 libegl1 libgles2)

trial="clean machine"
# shellcheck source=tests/machine.sh
. "$repository/tests/machine.sh"
enter_namespace "$0" "$@"
open_machine

build_machine() {
    mmdebstrap --quiet --variant=minbase \
        --include=python3,python3-venv,make,git,ca-certificates "$suite" "$machine"
    mount -t proc proc "$machine/proc"
    cp --dereference /etc/resolv.conf /etc/hosts "$machine/etc/"
    chroot "$machine" useradd --create-home student
}

# Copies a file of the host to the same place in the machine.
bring_file() {
    mkdir -p "$machine$(dirname "$1")"
    cp --dereference "$1" "$machine$1"
}

# Shows a folder of the host in the machine, read-only.
bring_folder() {
    mkdir -p "$machine$1"
    mount --bind "$1" "$machine$1"
    mount -o remount,bind,ro "$machine$1"
}

# pip finds packages in the machine where it finds them on the host: indexes, proxies, local folders.
bring_pip_configuration() {
    local configuration=$machine/etc/pip.conf words word
    python3 -m pip config list |
        sed -nE "s/^(global|:env:)\.\.?([a-z-]+)='(.*)'$/\2 = \3/p" |
        awk -F ' = ' '{ value[$1] = $2 } END { print "[global]"; for (k in value) print k " = " value[k] }' |
        grep -v '^config-file' >"$configuration"
    read -ra words -d '' < <(grep -oE '(= | )(file://)?/[^ ]+' "$configuration" | tr -d '= ') || true
    for word in "${words[@]}"; do
        case $word in
        file://*) bring_folder "$(dirname "${word#file://}")" ;; # an index and the files beside it
        *) if [ -d "$word" ]; then bring_folder "$word"; elif [ -f "$word" ]; then bring_file "$word"; fi ;;
        esac
    done
}

as_student() {
    chroot --userspec=student:student "$machine" env -i \
        HOME=/home/student USER=student PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 TERM=dumb \
        https_proxy="${https_proxy-}" http_proxy="${http_proxy-}" no_proxy="${no_proxy-}" \
        bash -c "cd ~/emotion-overlay 2>/dev/null || cd; $1"
}

step "a bare $suite"
build_machine
bring_pip_configuration
git clone --quiet --no-hardlinks "$repository" "$machine/home/student/emotion-overlay"
chroot "$machine" chown -R student:student /home/student

step "make run, without the system libraries: one line must name them"
first=$(as_student 'make run' 2>&1 </dev/null) && fail "it ran without ${libraries[*]}"
echo "$first"
for library in "${libraries[@]}"; do
    grep -q "$library" <<<"$first" || fail "$library is not named"
done
! grep -q Traceback <<<"$first" || fail "a traceback instead of a line"

step "apt install ${libraries[*]}"
chroot "$machine" env DEBIAN_FRONTEND=noninteractive sh -c \
    "apt-get update -qq && apt-get install -qq --no-install-recommends ${libraries[*]} >/dev/null 2>&1"

step "make run: the main job, to its summary"
as_student 'make run ARGS="--seconds 15"' </dev/null 2>&1 | tee "$machine/summary"
grep -q 'with labels' "$machine/summary" || fail "no frame had labels"
as_student 'ls -l demo.mp4 demo.png'

step "the same without any network"
unshare --net -- chroot --userspec=student:student "$machine" env -i HOME=/home/student \
    LANG=C.UTF-8 sh -c 'cd ~/emotion-overlay && .venv/bin/emotion-overlay run --mode on-air --seconds 15' \
    2>&1 | tee "$machine/summary"
grep -q 'with labels' "$machine/summary" || fail "no frame had labels"

step "passed"
