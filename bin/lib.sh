# Shared by the scripts in bin/: locates the project and a JDK, and builds. To be sourced.
set -euo pipefail

RACKFOCUS_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export RACKFOCUS_HOME
# Disables the telemetry of ONNX Runtime.
export ORT_DISABLE_TELEMETRY=1

# java_major JAVA_HOME: prints the major version of the JDK in JAVA_HOME, 0 if there is none.
java_major() {
  local version
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  version=$("$1/bin/javac" -version 2>&1 | sed -E 's/^javac ([0-9]+).*/\1/')
  case $version in *[!0-9]* | '') echo 0 ;; *) echo "$version" ;; esac
}

# find_jdk MIN: prints the home of a JDK with version MIN or newer: JAVA_HOME, javac on the PATH, or /usr/lib/jvm.
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
    echo "rackfocus: found no JDK 17 or newer; install one (Debian: openjdk-17-jdk-headless) or set JAVA_HOME" >&2
    exit 1
  fi
  export JAVA_HOME
}

# app_is_current: succeeds if the application is built and newer than its sources.
app_is_current() {
  local launcher=$RACKFOCUS_HOME/target/app/bin/rackfocus
  [ -x "$launcher" ] &&
    [ -z "$(find "$RACKFOCUS_HOME/pom.xml" "$RACKFOCUS_HOME/src/main" -newer "$launcher" -type f -print -quit)" ]
}

# build_app: builds the application and shows the progress.
build_app() {
  local log=$RACKFOCUS_HOME/target/build.log start=$SECONDS status=0 pid
  mkdir -p "$RACKFOCUS_HOME/target"
  echo "Building Rackfocus (downloads libraries the first time; log: ${log#"$PWD"/})" >&2
  (cd "$RACKFOCUS_HOME" && exec ./mvnw -B -Dmaven.test.skip=true package) >"$log" 2>&1 &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r\033[K  %3d s  %s' $((SECONDS - start)) \
        "$(grep -oE '(Downloaded from [a-z]+: .*/[^/ ]+|--- .*)' "$log" 2>/dev/null | tail -n 1 | sed -E 's/Downloaded from [a-z]+: .*\//downloaded /' | cut -c1-60)" >&2
    elif [ $(((SECONDS - start) % 15)) -eq 14 ]; then
      echo "  $((SECONDS - start)) s: $(grep -c 'Downloaded from' "$log" || true) files downloaded" >&2
    fi
    sleep 1
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$status" -ne 0 ]; then
    grep -E '^\[ERROR\]' "$log" | head -n 12 >&2 || tail -n 12 "$log" >&2
    echo "rackfocus: build failed; see $log" >&2
    exit 1
  fi
  touch "$RACKFOCUS_HOME/target/app/bin/rackfocus"
  echo "Built in $((SECONDS - start)) s" >&2
}
