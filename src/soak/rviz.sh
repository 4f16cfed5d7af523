#!/usr/bin/env bash
# Starts simulated.launch with points and rviz on a virtual screen, waits until depth is shown, and saves the
# screen as a PNG to look at: target/rviz.png, or the file named in RVIZ_PNG.
# Needs rviz and xvfb (Debian: rviz xvfb tf2-tools).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for tool in rviz Xvfb roslaunch; do
  command -v "$tool" >/dev/null || { echo "rviz: skipped, $tool is not installed"; exit 0; }
done
# roscpp listens on all addresses, so everything runs in a namespace with loopback only.
if [ -z "${RVIZ_ALONE:-}" ] && unshare --net true 2>/dev/null; then
  RVIZ_ALONE=1 exec unshare --net sh -c 'ip link set lo up && exec bash "$0"' "$0"
fi
png=${RVIZ_PNG:-target/rviz.png}
bin/depth_node --build
work=$(mktemp -d)
pids=()
# Stops the processes started here, the latest first, and waits for them.
end() {
  local i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill -INT "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap end EXIT

port=${RVIZ_MASTER_PORT:-11399}
export ROS_MASTER_URI=http://127.0.0.1:$port ROS_IP=127.0.0.1 ROS_HOME=$work
export ROS_PACKAGE_PATH=$PWD:$PWD/rackfocus_msgs:${ROS_PACKAGE_PATH:-/usr/share}
mkfifo "$work/display"
env --default-signal=INT Xvfb -displayfd 3 -screen 0 1400x860x24 -fbdir "$work" 3>"$work/display" >"$work/xvfb.log" 2>&1 &
pids+=($!)
read -r display <"$work/display"
export DISPLAY=:$display LIBGL_ALWAYS_SOFTWARE=1 QT_X11_NO_MITSHM=1 XDG_RUNTIME_DIR=$work
env --default-signal=INT roslaunch -p "$port" launch/simulated.launch points:=true rviz:=true >"$work/launch.log" 2>&1 &
pids+=($!)

# The cloud and the depth image must arrive before rviz can show them.
/usr/bin/python3 - "${RVIZ_SECONDS:-20}" <<'PYTHON' || { tail -n 20 "$work/launch.log"; exit 1; }
import os, sys, time
import rospy, rosgraph
from sensor_msgs.msg import Image, PointCloud2
deadline = time.time() + 120
while not rosgraph.is_master_online():
    if time.time() > deadline:
        sys.exit('no master')
    time.sleep(0.2)
rospy.init_node('rviz_wait', disable_signals=True)
cloud = rospy.wait_for_message('depth/points', PointCloud2, timeout=120)
depth = rospy.wait_for_message('depth/image_rect', Image, timeout=120)
print('rviz: depth %dx%d and %d points come' % (depth.width, depth.height, cloud.width * cloud.height))
time.sleep(float(sys.argv[1]))
PYTHON

/usr/bin/python3 - "$work/Xvfb_screen0" "$png" <<'PYTHON'
import struct, sys
import cv2, numpy as np
data = open(sys.argv[1], 'rb').read()  # an XWD dump: a header of 32-bit words, colours, then pixels
header = struct.unpack('>25I', data[:100])
size, width, height, bits, line, colours = header[0], header[4], header[5], header[11], header[12], header[19]
assert bits == 32, bits
start = size + 12 * colours
screen = np.frombuffer(data, np.uint8, line * height, start).reshape(height, line)[:, :4 * width]
image = screen.reshape(height, width, 4)[:, :, :3]
assert image.std() > 10, 'the screen is blank'
cv2.imwrite(sys.argv[2], image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
print('rviz: %s, %d x %d' % (sys.argv[2], width, height))
PYTHON
