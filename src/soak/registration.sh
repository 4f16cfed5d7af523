#!/usr/bin/env bash
# Measures registration on the simulated camera's truth, off and auto on the same frames: published share and error of
# depth, error of the registration, pixels marked as moved falsely or missed, time beside the model's, garbage.
#   bin/soak registration                                   320x240, 120 frames, seven scenarios; several minutes
#   SIZE=640x480 SCENARIOS=still,robot-motion bin/soak registration
#   FRAMES=300 MOVING=none bin/soak registration            longer runs, no scenes with moving parts
#   SCENARIOS=none MOVING=still,hand-shake PARTS_SPEED=0.1 bin/soak registration   only these, parts at up to 0.1 m/s
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.eval.RegistrationSoak \
  "${SIZE:-320x240}" "${FRAMES:-120}" \
  "${SCENARIOS:-still,breathing,hand-shake,robot-motion,rolling-shutter,flicker,auto-exposure}" \
  "${MOVING:-still,hand-shake}" "${PARTS_SPEED:-0.05}"
