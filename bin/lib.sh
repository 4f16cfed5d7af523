# Shared by the scripts in bin/: where the project is, its JDK, its build. Sourced, not run.
set -euo pipefail

RACKFOCUS_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export RACKFOCUS_HOME
# ONNX Runtime reports its use to its maker unless told not to.
export ORT_DISABLE_TELEMETRY=1

# java_major JAVA_HOME: prints the major version of the JDK there, 0 if there is none.
java_major() {
  local version
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  version=$("$1/bin/javac" -version 2>&1 | sed -E 's/^javac ([0-9]+).*/\1/')
  case $version in *[!0-9]* | '') echo 0 ;; *) echo "$version" ;; esac
}

# find_jdk MIN: prints the home of a JDK of at least MIN: JAVA_HOME, else javac on the PATH, else the usual folders.
find_jdk() {
  local candidate
  for candidate in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac || echo /none/bin/javac)")")")" /usr/lib/jvm/*; do
    if [ -n "$candidate" ] && [ "$(java_major "$candidate")" -ge "$1" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

need_jdk() {
  if ! JAVA_HOME=$(find_jdk 17); then
    echo "rackfocus: no JDK 17 or newer was found; install one (Debian: openjdk-17-jdk-headless) or set JAVA_HOME to it" >&2
    exit 1
  fi
  export JAVA_HOME
}

# app_is_current: whether the application folder is newer than everything it is made from.
app_is_current() {
  local launcher=$RACKFOCUS_HOME/target/app/bin/rackfocus
  [ -x "$launcher" ] &&
    [ -z "$(find "$RACKFOCUS_HOME/pom.xml" "$RACKFOCUS_HOME/src/main" -newer "$launcher" -type f -print -quit)" ]
}

# build_app: builds the application folder, showing progress on a terminal.
build_app() {
  local log=$RACKFOCUS_HOME/target/build.log begun=$SECONDS status=0 pid
  mkdir -p "$RACKFOCUS_HOME/target"
  echo "Building Rackfocus (the first time this fetches its libraries; log: ${log#"$PWD"/})" >&2
  (cd "$RACKFOCUS_HOME" && exec ./mvnw -B -Dmaven.test.skip=true package) >"$log" 2>&1 &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r\033[K  %3d s  %s' $((SECONDS - begun)) \
        "$(grep -oE '(Downloaded from [a-z]+: .*/[^/ ]+|--- .*)' "$log" 2>/dev/null | tail -n 1 | sed -E 's/Downloaded from [a-z]+: .*\//fetched /' | cut -c1-60)" >&2
    elif [ $(((SECONDS - begun) % 15)) -eq 14 ]; then
      echo "  $((SECONDS - begun)) s: $(grep -c 'Downloaded from' "$log" || true) files fetched" >&2
    fi
    sleep 1
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$status" -ne 0 ]; then
    grep -E '^\[ERROR\]' "$log" | head -n 12 >&2 || tail -n 12 "$log" >&2
    echo "rackfocus: the build failed; its log is $log" >&2
    exit 1
  fi
  touch "$RACKFOCUS_HOME/target/app/bin/rackfocus"
  echo "Built in $((SECONDS - begun)) s" >&2
}
