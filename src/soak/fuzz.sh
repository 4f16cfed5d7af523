#!/usr/bin/env bash
# Fuzzes every input from outside with Jazzer, guided by coverage: headers, messages, XML-RPC, bags, images,
# configuration, PFM, stack.json, Protobuf, spools, camera files, manifests and sequences of lens readings. Prints for each
# harness executions, seconds, crashes, size of its corpus and coverage; findings and new inputs are below target/fuzz.
# Exits with 1 if there is a finding. Takes about a quarter of an hour.
#   src/soak/fuzz.sh [EXECUTIONS] [HARNESS...]         12,000,000 in all, most of them of the cheap harnesses
#   src/soak/fuzz.sh 200000 bag image                  two harnesses
#   FUZZ="200000 bag image" bin/soak fuzz              the same
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
need_jdk
cd "$RACKFOCUS_HOME"
./mvnw -B -ntp -q -Pfuzz -Dfuzz.args="${*:-${FUZZ:-12000000}}" process-test-classes
