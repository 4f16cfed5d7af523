#!/usr/bin/env bash
# Builds rackfocus_msgs with catkin for C++ and Python, once, and prints the install folder.
#   prefix=$(src/test/ros/build-messages.sh [FOLDER])     FOLDER: default target/ros-messages
# Environment to use it: PYTHONPATH=$prefix/lib/python3/dist-packages (rospy, rostopic echo),
# ROS_PACKAGE_PATH=$prefix/share:/usr/share (rosmsg), CMAKE_PREFIX_PATH=$prefix or -I$prefix/include (C++).
# In Java tests io.github.rackfocus.ros.RackfocusMessages runs this and sets them.
# Exits with 77 if a required tool is not installed, with 1 if the build fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
folder=${1:-$root/target/ros-messages}

for tool in cmake make c++ /usr/bin/python3 /usr/bin/catkin_find; do
  command -v "$tool" >/dev/null || { echo "rackfocus_msgs is not built: $tool is not installed" >&2; exit 77; }
done
for generator in gencpp genpy genmsg catkin_pkg; do
  /usr/bin/python3 -c "import $generator" 2>/dev/null ||
    { echo "rackfocus_msgs is not built: Python's $generator is not installed (Debian: ros-message-generation, catkin)" >&2; exit 77; }
done

mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
stamp=$folder/.built
if ! [ -f "$stamp" ] || [ -n "$(find "$root/rackfocus_msgs" -newer "$stamp" -print -quit)" ]; then
  rm -rf "$folder/build" "$folder/devel" "$folder/install"
  # Debian's catkin needs Debian's Python, even if another python3 is first on the PATH.
  { cmake -S "$root/rackfocus_msgs" -B "$folder/build" -DPYTHON_EXECUTABLE=/usr/bin/python3 \
      -DCATKIN_ENABLE_TESTING=0 -DCATKIN_DEVEL_PREFIX="$folder/devel" -DCMAKE_INSTALL_PREFIX="$folder/install" &&
    cmake --build "$folder/build" --target install; } >"$folder/build.log" 2>&1 9>&- ||
    { tail -n 20 "$folder/build.log" >&2; echo "rackfocus_msgs does not build: $folder/build.log" >&2; exit 1; }
  touch "$stamp"
fi
echo "$folder/install"
