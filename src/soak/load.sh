# Takes a share of the machine for a while: one process a core, busy its share of every 73 ms (no
# camera's period: a load in step with the frames would keep out of their way).
#   bash src/soak/load.sh PERCENT SECONDS
set -euo pipefail
percent=${1:?percent of the machine}
seconds=${2:?seconds}
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
for _ in $(seq "$(nproc)"); do
  /usr/bin/python3 - "$percent" "$seconds" <<'PYTHON' &
import sys
import time

share, end = float(sys.argv[1]) / 100, time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    # Busy by its own clock: what others take meanwhile does not count as its load.
    begun, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.073 * share and time.monotonic() - begun < 1:
        pass
    time.sleep(max(0.0, 0.073 - (time.monotonic() - begun)))
PYTHON
  pids+=($!)
done
wait "${pids[@]}"
trap - EXIT
