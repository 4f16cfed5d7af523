#!/usr/bin/env bash
# What an outage of the broker costs: 30 maps/s of 160 x 120 for MINUTES (default 10) without faults
# (2 minutes at most), with a spool, and half as long with the freshest only, while the broker is killed -9 three
# times, hung with SIGSTOP for 30 s and away for 60 s. Read by kcat. Ends with 1 if a promise breaks.
#   src/soak/outage.sh [MINUTES]
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/lib.sh"
need_jdk
cd "$RACKFOCUS_HOME"
app_is_current || build_app
./mvnw -B -ntp -q test-compile
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx1g \
  -cp "target/test-classes:target/classes:target/app/lib/*" \
  io.github.rackfocus.kafka.OutageSoak "${1:-10}"
