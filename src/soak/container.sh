#!/usr/bin/env bash
# Builds the CPU image without a container engine (buildah with chroot isolation), runs 'demo' and the health check
# in it, validates the compose file, and prints size and times. Needs root on Debian; installs buildah and mmdebstrap
# if missing. Uses a temporary folder, which is removed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
[ "$(id -u)" -eq 0 ] || { echo "container: needs root, for chroot" >&2; exit 1; }
for tool in buildah mmdebstrap; do
  command -v "$tool" >/dev/null || apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$tool" >/dev/null
done
work=$(mktemp -d "${TMPDIR:-/tmp}/rackfocus-container-XXXXXX")
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
b() { buildah --root "$work/root" --runroot "$work/run" "$@"; }
clean() { b rm -a >/dev/null 2>&1 || true; b rmi -a -f >/dev/null 2>&1 || true; rm -rf "$work"; }
trap clean EXIT

begun=$SECONDS
say() { printf '%4d s  %s\n' $((SECONDS - begun)) "$1"; }

# A base image of Debian packages, which needs no registry; BASE_TAR reuses an existing one.
base=${BASE_TAR:-$work/base.tar}
[ -f "$base" ] || mmdebstrap --quiet --variant=minbase bookworm "$base"
id=$(b from scratch)
b add -q "$id" "$base" / >/dev/null
# Additional certificates of this machine, which a build behind a proxy needs.
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ -f "$certificate" ] && b add -q "$id" "$certificate" /usr/local/share/ca-certificates/ >/dev/null
done
b commit -q --rm "$id" base >/dev/null
say "base image of Debian bookworm, $(du -m "$base" | cut -f1) MB"

# This machine's local Maven repository, if there is one.
cache=()
[ -d "$HOME/.m2" ] && cache=(--volume "$HOME/.m2:/root/.m2")
b bud -q --format docker --isolation chroot --layers=false ${cache[@]+"${cache[@]}"} \
  --build-arg BASE=localhost/base --build-arg MAVEN_OPTIONS="${MAVEN_OPTIONS:-}" \
  -f docker/Dockerfile -t rackfocus . >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log"; exit 1; }
say "image built"

id=$(b from --pull-never localhost/rackfocus)
root=$(b mount "$id")
echo "user: $(b inspect --format '{{.OCIv1.Config.User}}' "$id"), health check: $(b inspect --format '{{.Docker.Config.Healthcheck.Test}}' "$id")"
echo "size of the image: $(du -sm "$root" | cut -f1) MB uncompressed; of it Java $(du -sm "$root/opt/java" | cut -f1) MB, libraries $(du -sm "$root/opt/rackfocus/lib" | cut -f1) MB, models $(du -sm "$root/opt/rackfocus/models" | cut -f1) MB, the rest the base"

inside() { b run --user 10001 --workingdir /data "$id" -- "$@"; }
inside id -un | grep -qx rackfocus
inside rackfocus --version
inside rackfocus-healthy 2>/dev/null && { echo "healthy before anything runs" >&2; exit 1; }
# The demo touches its file while it runs; the health check runs in parallel.
inside sh -c 'rackfocus demo --seconds 15 --out /data/demo >/data/demo.log 2>&1 & pid=$!
  for i in $(seq 120); do rackfocus-healthy && break; sleep 1; done
  rackfocus-healthy && echo "health check while demo runs: healthy"
  wait $pid; status=$?; tail -n 12 /data/demo.log; echo "demo ended with $status"; exit $status'
say "demo passed inside"

if command -v docker-compose >/dev/null; then
  docker-compose -f docker/compose.yaml config -q && echo "compose file: valid (docker-compose config)"
elif docker compose version >/dev/null 2>&1; then
  docker compose -f docker/compose.yaml config -q && echo "compose file: valid (docker compose config)"
else
  echo "compose file: not validated, neither docker-compose nor the compose plugin is here"
fi
