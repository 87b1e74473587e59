#!/bin/sh
# After the package has been removed: what people made with it is theirs.
set -e

case ${1-} in
remove | purge | 0)
    echo "Recordings and settings stay, in each user's ~/.local/share/emotion-overlay and in"
    echo "each user's ~/.config/emotion-overlay: delete these folders if you want them gone."
    ;;
esac
