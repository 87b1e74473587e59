#!/bin/sh
# Before the package is removed, but not before an upgrade: takes the virtual camera away, and asks
# a running application to end, since its files go.
set -e

case ${1-} in
remove | 0)
    /bin/sh /usr/lib/emotion-overlay/_internal/overlay/virtual-camera.sh --remove --yes || {
        echo "The virtual camera is still in use; it goes with the next start of the computer."
        rm -f /etc/modprobe.d/emotion-overlay.conf /etc/modules-load.d/emotion-overlay.conf
    }
    ;;
esac
