# Runs the JMH microbenchmarks of the hot code: post-processing, conversion to floats, motion, the rolling stack.
#   bin/soak jmh                                  all of them, short
#   JMH="DepthPostProcessor -f 3" bin/soak jmh    with arguments of org.openjdk.jmh.Main
set -euo pipefail
./mvnw -B -q -Pjmh -Djmh.args="${JMH:--f 1 -wi 3 -w 1 -i 5 -r 1}" process-test-classes
