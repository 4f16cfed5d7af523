#!/usr/bin/env bash
# Measures what it costs in error to compute only the planes of new frames (model.planeCache), against the simulator's truth,
# in still scenes and in motion, with and without registration.
#   bin/soak plane-cache                                    320x240, 100 frames a run; some minutes
#   MODEL=dualfocus SCENARIOS=still,hand-shake MOVING=none bin/soak plane-cache
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.eval.PlaneCacheSoak \
  "${MODEL:-proximal}" "${SIZE:-320x240}" "${FRAMES:-100}" \
  "${SCENARIOS:-still,hand-shake,robot-motion}" "${MOVING:-still}" "${PARTS_SPEED:-0.05}"
