#!/usr/bin/env bash
# Compares the ROS client with roscpp: images of 1.2 MB at 120 Hz in both directions, then 60 Hz to a normal,
# a slow and a stopped subscriber at once. Prints the output of each peer, then the requirements and results.
#   bin/soak ros
#   RACKFOCUS_SOAK_SECONDS   length of each run, default 30
#   RACKFOCUS_SOAK_QUEUE     queue size of all publishers, default 20, which covers a stall of 167 ms;
#                            with 5, scheduling delays alone cost images of either client
#   RACKFOCUS_ROS_PEERS      folder with other pub.cpp and sub.cpp with the same arguments
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
peers=${RACKFOCUS_ROS_PEERS:-$root/src/soak/ros}
seconds=${RACKFOCUS_SOAK_SECONDS:-30}
queue=${RACKFOCUS_SOAK_QUEUE:-20}
work=$root/target/soak/ros
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
image=(mono8 1280 960 1)

for tool in rosmaster g++ pkg-config unshare nsenter; do
  command -v "$tool" >/dev/null || { echo "ros: skipped: $tool is not installed (Debian 12: ros-core libroscpp-dev libsensor-msgs-dev g++ pkg-config)"; exit 0; }
done
# roscpp listens on all addresses regardless of ROS_IP, so everything runs in a namespace with loopback only.
unshare --net true 2>/dev/null || { echo "ros: skipped: network namespaces are not allowed here (needs root)"; exit 0; }

mkdir -p "$work"
for peer in pub sub; do
  # shellcheck disable=SC2046 # several words are meant
  g++ -O2 -I"$root/src/soak/ros" -o "$work/$peer" "$peers/$peer.cpp" $(pkg-config --cflags --libs roscpp sensor_msgs) -pthread
done
"${java}c" -proc:none -cp "$root/target/app/lib/*" -d "$work/classes" "$root/src/soak/ros/SoakPeer.java"
# Log warnings only, so that console output does not affect the measurement.
cat >"$work/logback.xml" <<XML
<configuration><appender name="e" class="ch.qos.logback.core.ConsoleAppender"><target>System.err</target>
<encoder><pattern>%level %msg%n</pattern></encoder></appender><root level="WARN"><appender-ref ref="e"/></root></configuration>
XML

# Bounds all waits, in case a peer fails.
limit=$((seconds + 90))
. "$root/src/soak/ros/loopback.sh"
inside() { exec nsenter -t "$space" -n timeout "$limit" "$@"; }
ours() { inside "$java" -Dlogback.configurationFile="$work/logback.xml" -cp "$work/classes:$root/target/app/lib/*" SoakPeer "$@"; }

(exec nsenter -t "$space" -n rosmaster --core -p 11311) >"$work/master.log" 2>&1 &
children+=($!)
for _ in $(seq 100); do
  (inside rosnode list) >/dev/null 2>&1 && break
  sleep 0.2
done

# run NAME SUB PUB RATE: one publisher and one subscriber, each roscpp or this client.
run() {
  local name=$1 sub=$2 pub=$3 rate=$4 topic=/soak_$1 sub_pid pub_pid
  if [ "$sub" = ours ]; then (ours sub "$topic") >"$work/$name.sub" 2>&1 & else (inside "$work/sub" "$topic") >"$work/$name.sub" 2>&1 & fi
  sub_pid=$!
  children+=($sub_pid)
  if [ "$pub" = ours ]; then (ours pub "$topic" "${image[@]}" "$rate" "$seconds" "$queue") >"$work/$name.pub" 2>&1 &
  else (inside "$work/pub" "$topic" "${image[@]}" "$rate" "$seconds" "$queue") >"$work/$name.pub" 2>&1 & fi
  pub_pid=$!
  children+=($pub_pid)
  wait "$pub_pid" || true
  wait "$sub_pid" || true
  echo "$pub -> $sub, ${image[1]}x${image[2]} at $rate Hz, queue $queue, $seconds s:"
  sed 's/^/  /; /BEGUN/d' "$work/$name.pub"
  sed 's/^/  /; /READY/d' "$work/$name.sub"
}

run reference roscpp roscpp 120
run publishing roscpp ours 120
run subscribing ours roscpp 120

# A queue of one second, so that loss does not depend on scheduling delays.
echo "ours -> roscpp at 60 Hz, queue 60, beside a slow (100 ms an image) and a stopped subscriber, $seconds s:"
topic=/soak_faults
(inside "$work/sub" "$topic") >"$work/fast.sub" 2>&1 &
fast=$!
(inside "$work/sub" "$topic" 100) >"$work/slow.sub" 2>&1 &
slow=$!
(inside "$work/sub" "$topic") >"$work/stopped.sub" 2>&1 &
stopped=$!
children+=("$fast" "$slow" "$stopped")
(ours pub "$topic" "${image[@]}" 60 "$seconds" 60) >"$work/faults.pub" 2>&1 &
pub=$!
children+=("$pub")
until grep -q BEGUN "$work/faults.pub" || ! kill -0 "$pub" 2>/dev/null; do sleep 0.2; done
sleep 3
# timeout's child is the subscriber itself.
# shellcheck disable=SC2046 # a number
kill -STOP $(pgrep -P "$stopped")
wait "$pub" || true
# shellcheck disable=SC2046 # a number
kill -CONT $(pgrep -P "$stopped")
for one in "$fast" "$slow" "$stopped"; do wait "$one" || true; done
sed 's/^/  /; /BEGUN/d' "$work/faults.pub"
for one in fast slow stopped; do sed "s/^/  $one: /; /READY/d" "$work/$one.sub"; done

# value FILE KEY: the number behind KEY= or "(KEY ".
value() { grep -oE "[ (]$2[= ][0-9.]+" "$work/$1" | tail -n 1 | grep -oE '[0-9.]+$' || echo nan; }
share() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
of() { grep -oE 'of [0-9]+' "$work/$1" | grep -oE '[0-9]+' || echo 0; }
percent() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? 100 * a / b : 100) }'; }
{
  echo "what|found|asked"
  echo "CPU of publishing by roscpp's|$(share "$(value publishing.pub cpu)" "$(value reference.pub cpu)")|at most 2"
  echo "CPU of subscribing by roscpp's|$(share "$(value subscribing.sub cpu)" "$(value reference.sub cpu)")|at most 3.5"
  echo "allocated while publishing, MB/s|$(value publishing.pub alloc)|at most 1"
  echo "allocated while subscribing, MB/s|$(value subscribing.sub alloc)|at most 1"
  echo "lost, ours to roscpp, %|$(percent "$(value publishing.sub lost)" "$(of publishing.sub)")|at most 0.5"
  echo "lost, roscpp to ours, %|$(percent "$(value subscribing.sub lost)" "$(of subscribing.sub)")|at most 0.5"
  echo "lost, roscpp to roscpp, %|$(percent "$(value reference.sub lost)" "$(of reference.sub)")|"
  echo "lost beside a slow and a stopped one at 60 Hz|$(value fast.sub lost)|0"
} | column -t -s '|'
