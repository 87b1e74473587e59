#!/bin/sh
# Makes the disk image of build/bundle/Emotion Overlay.app, on macOS: dmg.sh VERSION TARGET.
#
# With NOTARY_KEY, NOTARY_KEY_ID and NOTARY_ISSUER (a key of App Store Connect) it has Apple notarise
# the image; the app must then have been signed: PyInstaller does it if SIGNING_IDENTITY is set.
set -eu

version=$1
target=$2
app="build/bundle/Emotion Overlay.app"
image=$target/emotion-overlay-$version-macos-arm64.dmg
content=$(mktemp -d)
trap 'rm -rf "$content"' EXIT

mkdir -p "$target"
cp -R "$app" "$content/"
ln -s /Applications "$content/Applications"
hdiutil create -volname "Emotion Overlay" -srcfolder "$content" -format ULMO -ov "$image"

if [ -n "${NOTARY_KEY-}" ]; then
    codesign --verify --deep --strict "$app"
    printf '%s' "$NOTARY_KEY" >"$content/key.p8"
    xcrun notarytool submit "$image" --wait \
        --key "$content/key.p8" --key-id "$NOTARY_KEY_ID" --issuer "$NOTARY_ISSUER"
    xcrun stapler staple "$image"
fi
ls -l "$image"
