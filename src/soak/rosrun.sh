#!/usr/bin/env bash
# Measures the time from rosrun to the first depth image at a rospy subscriber, five times, on a built checkout.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v rosrun >/dev/null || { echo "rosrun: skipped, it is not installed (Debian: rosbash)"; exit 0; }
# roscpp listens on all addresses, so everything runs in a namespace with loopback only.
if [ -z "${ROSRUN_ALONE:-}" ] && unshare --net true 2>/dev/null; then
  ROSRUN_ALONE=1 exec unshare --net sh -c 'ip link set lo up && exec bash "$0"' "$0"
fi
bin/depth_node --build
work=$(mktemp -d)
export ROS_MASTER_URI=http://127.0.0.1:11311 ROS_IP=127.0.0.1 ROS_HOME=$work
export ROS_PACKAGE_PATH=$PWD:${ROS_PACKAGE_PATH:-/usr/share}
env --default-signal=INT rosmaster --core -p 11311 >"$work/master.log" 2>&1 &
master=$!
trap 'kill -INT $master 2>/dev/null; wait $master 2>/dev/null; rm -rf "$work"' EXIT
/usr/bin/python3 - "$work/node.log" <<'PYTHON'
import os, signal, subprocess, sys, time
import rosgraph
while not rosgraph.is_master_online():
    time.sleep(0.1)
import rospy
from sensor_msgs.msg import Image
rospy.init_node('first_depth', disable_signals=True)
arrived = []
rospy.Subscriber('depth/image_rect', Image, lambda image: arrived.append(time.monotonic()))
seconds = []
for run in range(5):
    del arrived[:]
    begun = time.monotonic()
    with open(sys.argv[1], 'w') as log:
        node = subprocess.Popen(['rosrun', 'rackfocus', 'depth_node', '_source/kind:=simulated'], stdout=log, stderr=log)
        while not arrived:
            if node.poll() is not None or time.monotonic() - begun > 120:
                sys.exit('rosrun: no depth came: ' + open(sys.argv[1]).read())
            time.sleep(0.005)
        seconds.append(arrived[0] - begun)
        node.send_signal(signal.SIGINT)
        node.wait()
    time.sleep(1)
print('rosrun to first depth: %s s, worst %.2f s (load %.1f)'
      % (' '.join('%.2f' % s for s in seconds), max(seconds), os.getloadavg()[0]))
PYTHON
