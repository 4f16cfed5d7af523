# Runs the node at 15 Hz and prints memory, bytes per frame, drops by cause and garbage-collection pauses every 30 s.
# Fails if the mean resident memory of the last third of the run is more than 5 % above that of the middle third.
#   bin/soak paced                    15 minutes
#   SECONDS_LONG=120 bin/soak paced   2 minutes
#   SIZE=640x480 bin/soak paced       other image size; nothing is skipped if the machine is fast enough for it
set -euo pipefail
out=target/soak
mkdir -p "$out"
length=${SECONDS_LONG:-900}
every=30
[ "$length" -ge 180 ] || every=5
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
    if (third < 1) { print "run too short to compare memory"; exit }
    for (i = third + 1; i <= 2 * third; i++) middle += resident[i] / third
    for (i = n - third + 1; i <= n; i++) last += resident[i] / third
    printf "resident memory: %.1f MB in the middle third, %.1f MB in the last (%+.1f %%); direct %d MB, then %d MB\n",
      middle, last, 100 * (last / middle - 1), direct[third + 1], direct[n]
    if (counted) printf "bytes per frame: sweep %.0f; depth %.0f (calls of ONNX Runtime)\n", sweep / counted, depth / counted
    exit last > 1.05 * middle
  }' "$out/paced.txt"
