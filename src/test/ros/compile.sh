#!/usr/bin/env bash
# Compiles a roscpp program for tests, once: compile.sh SOURCE.cpp OUTPUT [PREFIX]
#   PREFIX: install folder of rackfocus_msgs from build-messages.sh, for programs that use it
# Exits with 77 if a required tool is not installed.
set -euo pipefail
source=$1 output=$2 prefix=${3:-}
command -v g++ >/dev/null && pkg-config --exists roscpp sensor_msgs 2>/dev/null ||
  { echo "$source is not compiled: g++, pkg-config or roscpp is not installed (Debian: libroscpp-dev libsensor-msgs-dev)" >&2; exit 77; }
mkdir -p "$(dirname "$output")"
exec 9>"$output.lock"
flock 9
if ! [ -x "$output" ] || [ -n "$(find "$(dirname "$source")" -name '*.[ch]*' -newer "$output" -print -quit)" ]; then
  # shellcheck disable=SC2046 # several words are meant
  g++ -O1 -Wall -Wextra ${prefix:+-I"$prefix/include"} -o "$output.new" "$source" $(pkg-config --cflags --libs roscpp sensor_msgs) -pthread 9>&-
  mv "$output.new" "$output"
fi
