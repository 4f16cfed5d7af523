# JMH on the hot pieces: metres and reasons, bytes to floats, motion, the rolling stack.
#   bin/soak jmh                           all of them, short
#   JMH="MetricDepth -f 3" bin/soak jmh    what org.openjdk.jmh.Main takes
set -euo pipefail
./mvnw -B -q -Pjmh -Djmh.args="${JMH:--f 1 -wi 3 -w 1 -i 5 -r 1}" process-test-classes
