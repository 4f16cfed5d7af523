# Tests the deadline under load: the node alone, then with 30 % of the machine taken, then alone again. The 95th
# percentile should stay below the deadline with fewer iterations or maps, which should return after the load.
#   bin/soak deadline                        deadline 1.25 times the idle 95th percentile, 60 s per phase
#   PHASE=12 DEADLINE=60 bin/soak deadline   a short run, to check that it works
#   DEADLINE=35 PHASE=120 LOAD=30 SIZE=320x240 RATE=15 bin/soak deadline
set -euo pipefail
out=target/soak
mkdir -p "$out"
phase=${PHASE:-60}
rate=${RATE:-10}
size=${SIZE:-640x480}
deadline=${DEADLINE:-}
if [ -z "$deadline" ]; then
  bin/rackfocus bench --maps 0 --size "$size" --rate "$rate" --seconds 20 --every 5 --json "$out/idle.json" >"$out/idle.txt"
  # Only the last interval: the JVM is cold in the first.
  idle=$(awk '$2 == "s" && $4 == "maps/s" { p95 = $8 } END { print p95 }' "$out/idle.txt")
  deadline=$(awk -v p="$idle" 'BEGIN { printf "%.0f", 1.25 * p + 0.5 }')
  echo "idle 95th percentile: $idle ms; deadline: $deadline ms"
fi
{ sleep "$phase"; bash src/soak/load.sh "${LOAD:-30}" "$phase"; } &
load=$!
trap 'kill $load 2>/dev/null || true' EXIT
bin/rackfocus bench --maps 0 --size "$size" --rate "$rate" --seconds $((3 * phase)) --every $((phase / 6)) \
  --deadline "$deadline" --json "$out/deadline.json" | tee "$out/deadline.txt"
wait "$load"
trap - EXIT
awk -v deadline="$deadline" -v phase="$phase" '
  $2 == "s" && $4 == "maps/s" {
    part = $1 <= phase ? "before" : $1 <= 2 * phase ? "under load" : "after"
    intervals[part]++
    if ($8 <= deadline) below[part]++
    for (i = 1; i < NF; i++) if ($i == "iterations") iterations[part] = $(i + 1)
    rate[part] = $3
  }
  END {
    split("before,under load,after", parts, ",")
    for (i = 1; i <= 3; i++) {
      p = parts[i]
      printf "%-10s p95 below %s ms in %d of %d intervals; in the last one %s iterations, %s maps/s\n", p, deadline, below[p], intervals[p], iterations[p], rate[p]
    }
  }' "$out/deadline.txt"
