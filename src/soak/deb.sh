#!/usr/bin/env bash
# Builds the Debian package of this architecture, installs it in a fresh Debian 12, runs the demo and the nodes' help
# there, removes it, and lists what it left. Needs root, debootstrap and the network. About four minutes.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "deb: needs root for a chroot; not run"; exit 1; }
command -v debootstrap >/dev/null || { echo "deb: debootstrap is not installed; not run"; exit 1; }
arch=$(dpkg --print-architecture)
bin/package-deb "$arch"
deb=$(ls target/deb/rackfocus_*_"$arch".deb)
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 ||
  { tail -n 5 "$root.log"; echo "deb: debootstrap failed"; exit 1; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
cp "$deb" "$root/tmp/"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
inside find / -xdev -path /proc -prune -o -path /var -prune -o -path /tmp -prune -o -path /root -prune -o -type f -print | sort >"$root/tmp/before"
echo "== install"
inside apt-get -qq install -y --no-install-recommends "/tmp/$(basename "$deb")" >"$root/tmp/apt.log" 2>&1 ||
  { tail -n 5 "$root/tmp/apt.log"; echo "deb: the package was not installed"; exit 1; }
inside dpkg -s rackfocus | grep -E '^(Status|Version|Architecture)'
echo "== rackfocus"
inside rackfocus --version
inside rackfocus models
inside sh -c 'cd /tmp && rackfocus demo --seconds 5' | tail -n 12
echo "== nodes"
inside /usr/lib/rackfocus/depth_node --help | head -n 1
inside /usr/lib/rackfocus/lens_node --help | head -n 1
echo "== remove"
inside apt-get -qq purge -y rackfocus >/dev/null 2>&1
inside apt-get -qq autoremove --purge -y >/dev/null 2>&1
inside find / -xdev -path /proc -prune -o -path /var -prune -o -path /tmp -prune -o -path /root -prune -o -type f -print | sort >"$root/tmp/after"
comm -13 "$root/tmp/before" "$root/tmp/after" | { grep rackfocus || true; } >"$root/tmp/left"
cat "$root/tmp/left"
echo "files of rackfocus that are left: $(wc -l <"$root/tmp/left")"
! [ -s "$root/tmp/left" ]
