# Shared by the scripts in bin/: locates the project and a JDK, and builds. To be sourced.
set -euo pipefail

# With CDPATH, cd may go elsewhere, and prints where.
unset CDPATH
RACKFOCUS_HOME=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
export RACKFOCUS_HOME
# Disables the telemetry of ONNX Runtime.
export ORT_DISABLE_TELEMETRY=1

# In a POSIX locale, Java cannot name files with other characters than ASCII. Numbers need no locale.
# A locale that is not installed counts as POSIX.
if [ "$(locale charmap 2>/dev/null || echo ANSI_X3.4-1968)" = ANSI_X3.4-1968 ]; then
  { export LC_ALL=C.UTF-8; } 2>/dev/null
fi

# java_major HOME [TOOL]: prints the major version of the JDK in HOME, or of the runtime if TOOL is java; 0 if there
# is none. Java prints what it picks up from the environment before its version.
java_major() {
  local tool=$1/bin/${2:-javac} version
  [ -x "$tool" ] || { echo 0; return; }
  version=$(env -u JAVA_TOOL_OPTIONS -u _JAVA_OPTIONS -u JDK_JAVA_OPTIONS -u JDK_JAVAC_OPTIONS "$tool" -version 2>&1 |
    sed -nE -e 's/^javac ([0-9]+).*/\1/p' -e 's/^.* version "([0-9]+).*/\1/p' | head -n 1) || version=
  echo "${version:-0}"
}

# find_jdk MIN [TOOL]: prints the home of a JDK (of a runtime, if TOOL is java) with version MIN or newer: JAVA_HOME, the
# tool on the PATH, or /usr/lib/jvm.
find_jdk() {
  local candidate tool=${2:-javac}
  for candidate in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v "$tool" || echo "/none/bin/$tool")")")")" /usr/lib/jvm/*; do
    if [ -n "$candidate" ] && [ "$(java_major "$candidate" "$tool")" -ge "$1" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

need_jdk() {
  local runtime
  if ! JAVA_HOME=$(find_jdk 17); then
    if runtime=$(find_jdk 17 java); then
      echo "rackfocus: $runtime has a Java runtime but no compiler (bin/javac); to build, install a JDK 17 or newer (Debian: openjdk-17-jdk-headless) or set JAVA_HOME" >&2
    else
      echo "rackfocus: found no JDK 17 or newer; install one (Debian: openjdk-17-jdk-headless) or set JAVA_HOME" >&2
    fi
    exit 1
  fi
  export JAVA_HOME
}

# need_java: what is built needs no compiler.
need_java() {
  if ! JAVA_HOME=$(find_jdk 17 java); then
    echo "rackfocus: found no Java 17 or newer; install it (Debian: openjdk-17-jre-headless) or set JAVA_HOME" >&2
    exit 1
  fi
  export JAVA_HOME
}

# app_is_current: succeeds if the application is built and newer than its sources.
app_is_current() {
  local launcher=$RACKFOCUS_HOME/target/app/bin/rackfocus
  [ -x "$launcher" ] &&
    [ -z "$(find "$RACKFOCUS_HOME/pom.xml" "$RACKFOCUS_HOME/src/main" "$RACKFOCUS_HOME/rackfocus_msgs" -newer "$launcher" -type f -print -quit)" ]
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

# run_test_class CLASS [ARGUMENT...]: builds what is not current, and runs the main class of a test.
run_test_class() {
  need_jdk
  cd "$RACKFOCUS_HOME"
  app_is_current || build_app
  ./mvnw -B -ntp -q test-compile
  "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx1g \
    -cp "target/test-classes:target/classes:target/app/lib/*" "$@"
}
