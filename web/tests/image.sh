#!/usr/bin/env bash
# Build the image of web/Dockerfile without Docker and its registry, and ask the server in it.
#
#   sudo web/tests/image.sh
#
# Needs buildah, crun and mmdebstrap, and about 10 GB of disk. In place of python:3.13-slim stands
# Debian 13 with its own Python 3.13, so this says nothing about that image itself.
set -euo pipefail
cd "$(dirname "$0")/../.."

port=${PORT:-8577}
work=$(mktemp -d)
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
storage=(--root "$work/storage" --runroot "$work/run")
server=

# shellcheck disable=SC2329 # the trap calls it
finish() {
    [ -z "$server" ] || kill -- "-$server" 2>/dev/null || true
    buildah "${storage[@]}" rm --all >/dev/null 2>&1 || true
    umount "$work/storage/overlay" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

python=(python3 python3-venv python-is-python3 ca-certificates)
echo "== Debian 13 with Python"
mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${python[*]}")" trixie "$work/base.tar"
base=$(buildah "${storage[@]}" from scratch)
buildah "${storage[@]}" add --quiet "$base" "$work/base.tar" /
rm "$work/base.tar"
# This machine's certificates, for networks that need their own.
certificates=/etc/ssl/certs/ca-certificates.crt
buildah "${storage[@]}" copy --quiet "$base" "$certificates" "$certificates"
buildah "${storage[@]}" config --env PIP_CERT="$certificates" --env NODE_EXTRA_CA_CERTS="$certificates" "$base"
buildah "${storage[@]}" commit --quiet --rm "$base" docker.io/library/python:3.13-slim

echo "== web/Dockerfile"
buildah "${storage[@]}" build --pull-never --format docker --ignorefile web/Dockerfile.dockerignore \
    -f web/Dockerfile -t emotion-overlay-web .
container=$(buildah "${storage[@]}" from --pull-never emotion-overlay-web)
root=$(buildah "${storage[@]}" mount "$container")
echo "== Installed: $(du -sm "$root" | cut -f 1) MB, of which /opt/app $(du -sm "$root/opt/app" | cut -f 1) MB"

echo "== The server"
set -m
buildah "${storage[@]}" run "$container" -- /opt/app/bin/streamlit run streamlit_app.py \
    --server.address 127.0.0.1 --server.port "$port" >"$work/server" 2>&1 &
server=$!
set +m
for _ in $(seq 120); do
    if curl --silent --fail "http://127.0.0.1:$port/_stcore/health"; then
        echo
        [ $# -eq 0 ] || "$@" "http://127.0.0.1:$port/"
        exit 0
    fi
    sleep 1
done
cat "$work/server" >&2
echo "it does not answer" >&2
exit 1
