# Compares inference options: one run of `rackfocus bench` each, 3 iterations, 640x480, 10 planes, rolling only.
# docs/measuring.md has the resulting table.
#   bin/soak settings              60 maps each, after a warm-up of two sweeps
#   MAPS=5 bin/soak settings       a short run, to check that it works
set -euo pipefail
out=target/soak
mkdir -p "$out"
printf '%-28s %8s %8s %8s %8s\n' options 'p50 ms' p95 min 'CPU ms'
while read -r flags; do
  # shellcheck disable=SC2086 # splits into several options
  bin/rackfocus bench --subjects rolling --maps "${MAPS:-60}" --max-seconds 30 $flags >"$out/settings.txt"
  awk -v flags="${flags:-defaults}" '$1 == "rolling" { printf "%-28s %8s %8s %8s %8s\n", flags, $2, $3, $6, $8 }' "$out/settings.txt"
done <<'SETTINGS'

--threads 1
--spinning
--optimisation extended
--optimisation basic
SETTINGS
