#!/usr/bin/env bash
# Compares the CPU time of points published by the node with those of depth_image_proc: the same coloured maps of
# 640x480, by the node's own sink, first to a subscriber of the node's depth/points, then as depth to the nodelet
# depth_image_proc/point_cloud_xyz and its points to the subscriber. Half a minute; prints the ratio.
#   bin/soak points
#   RACKFOCUS_SOAK_RATE   maps per second, default 15
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rate=${RACKFOCUS_SOAK_RATE:-15}
seconds=8
work=$root/target/soak/points
app=${RACKFOCUS_SOAK_CLASSPATH:-$root/target/app/lib/*}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
nodelet=/usr/lib/nodelet/nodelet

for needed in /usr/bin/rosmaster /usr/bin/rostopic "$nodelet" /usr/share/depth_image_proc/nodelet_plugins.xml; do
  [ -e "$needed" ] || { echo "points: skipped: no $needed (Debian 12: ros-core libnodeletlib-tools libdepth-image-proc-dev)"; exit 0; }
done
# roscpp listens on all addresses regardless of ROS_IP, so everything runs in a namespace with loopback only.
unshare --net true 2>/dev/null || { echo "points: skipped: network namespaces are not allowed here (needs root)"; exit 0; }

mkdir -p "$work"
"${java}c" -proc:none -cp "$app" -d "$work/classes" "$root/src/soak/ros/PointsPeer.java"
. "$root/src/soak/ros/loopback.sh"
export ROS_PACKAGE_PATH=/usr/share
inside() { exec nsenter -t "$space" -n "$@"; }

(inside rosmaster --core -p 11311) >"$work/master.log" 2>&1 &
children+=($!)
for _ in $(seq 100); do
  (inside rosnode list) >/dev/null 2>&1 && break
  sleep 0.2
done
(inside "$nodelet" standalone depth_image_proc/point_cloud_xyz image_rect:=/depth/image_rect points:=/proc/points) >"$work/nodelet.log" 2>&1 &
other=$!
children+=("$other")

# measure TOPIC: publishes to one subscriber of the topic; prints the CPU of the peer and of the nodelet, percent.
measure() {
  local subscriber
  (inside rostopic hz "$1") >"$work/subscriber.log" 2>&1 &
  subscriber=$!
  children+=("$subscriber")
  (inside timeout 60 "$java" -cp "$work/classes:$app" PointsPeer "$rate" "$seconds" "$other") >"$work/peer.log" 2>&1 || true
  kill "$subscriber" 2>/dev/null || true
  { grep -q 'average rate' "$work/subscriber.log" && grep -q '^POINTS ' "$work/peer.log"; } || { echo "points: nothing came on $1; see $work" >&2; return 1; }
  sed -n 's/^POINTS cpu=\([0-9.]*\) other=\([0-9.]*\)$/\1 \2/p' "$work/peer.log" | tr '\n' ' '
  sed -n 's/^average rate: //p' "$work/subscriber.log" | tail -n 1
}

read -r node _ came < <(measure /depth/points)
read -r depth proc their_came < <(measure /proc/points)
echo "points of 640x480 at $rate Hz to one subscriber, CPU of one core: the node $node % ($came Hz came); depth_image_proc $proc % ($their_came Hz came), and the node $depth % to send it depth"
awk -v a="$node" -v b="$proc" -v c="$depth" 'BEGIN { printf "the node takes %.2f times what depth_image_proc and its input take\n", a / (b + c) }'
