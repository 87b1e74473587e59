#!/usr/bin/env bash
# Builds what the system test boots: User Mode Linux with video devices, and v4l2loopback for it.
#
# Everything comes from Debian's packages: the kernel from linux-source-6.1, each v4l2loopback from
# the very package a user installs. What has been built stays in the cache, so that a second run
# has nothing to do. Prints the cache folder, which then holds:
#
#     linux                       the kernel, an ordinary program
#     v4l2loopback-VERSION.ko     a module for each version in $VERSIONS
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
VERSIONS=${VERSIONS:-0.12.7 0.13.2 0.15.0}
key=$(sha256sum "$here/kernel.config" | cut -c1-12)
cache=${EMOTION_OVERLAY_SYSTEM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/emotion-overlay/system}/6.1-$key
log=$cache/build.log

# Debian 12, where 0.12.7 comes from; its backports, 0.13.2; Debian 13, 0.15.0. A configuration of
# its own, so that the host's package lists stay as they are.
debian_apt() {
    local apt=$cache/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    for suite in bookworm bookworm-backports trixie; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
            "http://deb.debian.org/debian $suite main"
    done >"$apt/sources.list"
    apt-get -qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User=root "$@"
}

# Unpacks a Debian package into a folder: unpack NAME FOLDER
unpack() {
    mkdir -p "$2"
    (cd "$2" && debian_apt download "$1" && dpkg-deb -x ./*.deb . && rm ./*.deb)
}

uml_make() {
    make --silent --jobs="$(nproc)" ARCH=um "$@"
}

build_kernel() {
    local source=$cache/source
    rm -rf "$source"
    unpack linux-source-6.1 "$source"
    tar --extract --xz --strip-components=1 --directory "$source" \
        --file "$source"/usr/src/linux-source-6.1.tar.xz
    rm -r "$source/usr/src"
    cd "$source"
    uml_make defconfig
    scripts/kconfig/merge_config.sh -m .config "$here/kernel.config"
    uml_make olddefconfig mod2noconfig
    uml_make linux modules
    strip linux -o "$cache/linux.part"
    mv "$cache/linux.part" "$cache/linux"
}

# The module as Debian ships it, patches included: build_module VERSION
build_module() {
    local folder=$cache/v4l2loopback-$1
    rm -rf "$folder"
    unpack "v4l2loopback-dkms=$1*" "$folder"
    uml_make -C "$cache/source" M="$(echo "$folder"/usr/src/v4l2loopback-*)" modules
    mv "$folder"/usr/src/v4l2loopback-*/v4l2loopback.ko "$folder.ko"
    rm -r "$folder"
}

missing() {
    [ -x "$cache/linux" ] || echo kernel
    for version in $VERSIONS; do
        [ -f "$cache/v4l2loopback-$version.ko" ] || echo "$version"
    done
}

mkdir -p "$cache"
if [ -n "$(missing)" ]; then
    echo "Building a kernel with video devices and v4l2loopback $VERSIONS, once" >&2
    trap 'tail -20 "$log" >&2; echo "the build failed; all of it: $log" >&2' ERR
    {
        debian_apt update
        [ -x "$cache/linux" ] || (build_kernel)
        for version in $VERSIONS; do
            [ -f "$cache/v4l2loopback-$version.ko" ] || (build_module "$version")
        done
    } >"$log" 2>&1
fi
echo "$cache"
