# What the settings of inference are worth: one run of `rackfocus bench` each, K = 3, 640x480, 10 planes, rolling only.
# docs/measuring.md has its table. Threads wait busily with --spinning; optimisation is ONNX Runtime's of graphs.
#   bin/soak settings              60 maps each, after two sweeps that do not count
#   MAPS=5 bin/soak settings       to see that it runs
set -euo pipefail
out=target/soak
mkdir -p "$out"
printf '%-28s %8s %8s %8s %8s\n' setting 'p50 ms' p95 min 'CPU ms'
while read -r flags; do
  # shellcheck disable=SC2086 # several words
  bin/rackfocus bench --lanes rolling --maps "${MAPS:-60}" --max-seconds 30 $flags >"$out/settings.txt"
  awk -v flags="${flags:-defaults}" '$1 == "rolling" { printf "%-28s %8s %8s %8s %8s\n", flags, $2, $3, $6, $8 }' "$out/settings.txt"
done <<'SETTINGS'

--threads 1
--spinning
--optimisation extended
--optimisation basic
SETTINGS
