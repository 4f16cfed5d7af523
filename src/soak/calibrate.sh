#!/usr/bin/env bash
# Checks that calibration states true uncertainties: SEEDS synthetic cameras (default 100) with VIEWS views of a board
# each (default 20). Prints for each parameter how often the truth was within the stated 95 % bound, its error and its
# stated error, and the error of depth relative to that of the true calibration. Takes about six minutes.
#   bin/soak calibrate                    all of it
#   SEEDS=5 VIEWS=10 bin/soak calibrate   a short run, to check that it works
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.calibrate.CalibrationSoak "${SEEDS:-100}" "${VIEWS:-20}"
