#!/usr/bin/env bash
# Measures the Kafka sink at 30 maps/s of 640 x 480, for SECONDS per configuration (default 60): share of a core,
# bytes per map, p50 and p99 from the hand-over to a consumer. The broker runs in a separate process.
#   src/soak/sink.sh [SECONDS]
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
run_test_class io.github.rackfocus.kafka.SinkSoak "${1:-60}"
