#!/usr/bin/env bash
# Runs a fleet for minutes: 8 cameras at 5 Hz and three workers on a real broker. In each round one worker is killed
# (SIGKILL), one suspended (SIGSTOP) and resumed, and one added. Prints maps, duplicates and the longest silence of a
# camera; fails if a map is missing or differs from a single machine's, or if a silence exceeds the bound.
#   ROUNDS=10 CALM=10 BOUND=15 bin/soak fleet
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
log=target/soak-fleet.log
mkdir -p target
./mvnw -B -ntp verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=FleetIT \
  -Drackfocus.fleet.rounds="${ROUNDS:-10}" -Drackfocus.fleet.calm.seconds="${CALM:-10}" \
  -Drackfocus.fleet.bound.seconds="${BOUND:-15}" >"$log" 2>&1 || { grep -E '^\[ERROR\]|^fleet:' "$log" | head -n 12; echo "fleet: failed; see $log" >&2; exit 1; }
grep '^fleet:' "$log"
