#!/usr/bin/env bash
# Measures outages of the broker at 30 maps/s of 160 x 120, read by kcat: without faults (at most 2 minutes), with a
# spool for MINUTES (default 10), and in memory only for half as long. The broker is killed with SIGKILL three times,
# suspended with SIGSTOP for 30 s, and down for 60 s. Exits with 1 if a delivery guarantee is violated.
#   src/soak/outage.sh [MINUTES]
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.kafka.OutageSoak "${1:-10}"
