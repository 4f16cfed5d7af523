# Loads the machine: one process per core, busy for PERCENT of every 73 ms. The period differs from that of cameras,
# because a load in step with the frames would not compete with them.
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
    # Measured in CPU time of this process, so that the time of other processes does not count.
    start, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.073 * share and time.monotonic() - start < 1:
        pass
    time.sleep(max(0.0, 0.073 - (time.monotonic() - start)))
PYTHON
  pids+=($!)
done
wait "${pids[@]}"
trap - EXIT
