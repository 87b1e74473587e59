#!/bin/sh
# Installs Emotion Overlay from its tar archive, into /usr/local for root, ~/.local for others.
#
#   ./install.sh [--remove]
#
# PREFIX names another folder. Recordings and settings always stay.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then
    prefix=${PREFIX-/usr/local}
else
    prefix=${PREFIX-$HOME/.local}
fi

remove() {
    rm -rf "$prefix/lib/emotion-overlay"
    (cd "$here/usr" && find bin share ! -type d) | while read -r file; do
        rm -f "$prefix/$file"
    done
    rm -rf "$prefix/share/doc/emotion-overlay"
}

case ${1-} in
'')
    remove
    mkdir -p "$prefix"
    cp -R "$here/usr/." "$prefix/"
    # The menu does not look into every folder that a shell finds commands in.
    entry=share/applications/emotion-overlay.desktop
    sed "s|^Exec=emotion-overlay|Exec=\"$prefix/bin/emotion-overlay\"|" "$here/usr/$entry" >"$prefix/$entry"
    echo "Installed in $prefix. The menu has Emotion Overlay, and the command is $prefix/bin/emotion-overlay."
    echo "For the virtual camera: sudo $prefix/lib/emotion-overlay/_internal/overlay/virtual-camera.sh"
    ;;
--remove)
    remove
    echo "Removed from $prefix. Recordings and settings stay, in ~/.local/share/emotion-overlay and in"
    echo "your ~/.config/emotion-overlay. If you set the virtual camera up, this takes it away:"
    echo "sudo $here/usr/lib/emotion-overlay/_internal/overlay/virtual-camera.sh --remove"
    ;;
*)
    echo "Usage: $0 [--remove]" >&2
    exit 2
    ;;
esac
