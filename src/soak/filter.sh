#!/usr/bin/env bash
# Measures filter: still on the simulated camera's truth, without and with it on the same estimates: published share, error,
# stated bounds, jitter, flicker of the published area, what is wrong where parts move, time.
#   bin/soak filter                                         320x240, 110 frames, three scenes; several minutes
#   SIZE=640x480 SEEDS=101 SCENARIOS=still MOVING=none bin/soak filter
#   MODEL=ddl-pgd SCENARIOS=noise,hand-shake MOVING=still PARTS_SPEED=0.1 bin/soak filter
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.eval.FilterSoak \
  "${SIZE:-320x240}" "${FRAMES:-110}" "${SEEDS:-101,102,103}" \
  "${SCENARIOS:-still,noise,flicker,auto-exposure,hand-shake,robot-motion}" \
  "${MOVING:-still,hand-shake}" "${PARTS_SPEED:-0.05}" "${MODEL:-proximal}"
