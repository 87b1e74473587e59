#!/bin/sh
# Builds the installer for Windows on Linux: installer.sh WHEEL TARGET. Needs uv and makensis.
# FAST=1 makes a larger one in less time, for tests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
wheel=$(realpath "$1")
mkdir -p "$2"
target=$(realpath "$2")
version=$(basename "$wheel" | cut -d- -f2)
python=${PYTHON-python3}

"$python" "$here/files.py" "$wheel" "$target/files"
makensis -V2 ${FAST:+-DFAST} "-DVERSION=$version" "-DFILES=$target/files" \
    "-DOUTPUT=$target/emotion-overlay-$version-windows-x64.exe" "$here/emotion-overlay.nsi"
ls -l "$target"/*.exe
