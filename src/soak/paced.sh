# The node at 15 Hz for a quarter of an hour: memory, bytes a frame, drops by cause, pauses of the garbage collector.
#   bin/soak paced               15 minutes
#   SECONDS_LONG=120 bin/soak paced
# A line every 30 s. Flat memory: heap, direct and resident of the last third within 5 % of the middle third's.
set -euo pipefail
out=target/soak
mkdir -p "$out"
length=${SECONDS_LONG:-900}
every=30
[ "$length" -ge 180 ] || every=5
# A rate that the machine holds is a rate at which nothing is skipped: SIZE=640x480 where it is fast enough.
bin/rackfocus bench --maps 0 --size "${SIZE:-320x240}" --rate 15 --seconds "$length" --every "$every" \
  --json "$out/paced.json" | tee "$out/paced.txt"
awk '
  / resident / {
    n++
    for (i = 1; i < NF; i++) {
      if ($i == "resident") resident[n] = $(i + 1)
      if ($i == "direct") direct[n] = $(i + 1)
      if ($i == "sweep") sweep += $(i + 1)
      if ($i == "depth") depth += $(i + 1)
      if ($i == "frame:") counted++
    }
  }
  END {
    third = int(n / 3)
    if (third < 1) { print "too short to judge the memory"; exit }
    for (i = third + 1; i <= 2 * third; i++) middle += resident[i] / third
    for (i = n - third + 1; i <= n; i++) last += resident[i] / third
    printf "resident memory: %.1f MB in the middle third, %.1f MB in the last (%+.1f %%); direct %d MB, then %d MB\n",
      middle, last, 100 * (last / middle - 1), direct[third + 1], direct[n]
    if (counted) printf "bytes a frame: sweep %.0f; depth %.0f, of which the calls of ONNX Runtime are all\n", sweep / counted, depth / counted
    exit last > 1.05 * middle
  }' "$out/paced.txt"
