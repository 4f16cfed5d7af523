#!/usr/bin/python3
"""Publishes a LensState until a DepthInfo arrives, and prints its fields, with the Python classes of rackfocus_msgs.

    messages.py NAME     NAME: of the node; topics are lens_state and depth/info
"""
import sys

import rospy
from rackfocus_msgs.msg import DepthInfo, LensState


def main():
    rospy.init_node(sys.argv[1], anonymous=True)
    publisher = rospy.Publisher("lens_state", LensState, queue_size=5)
    found = []
    rospy.Subscriber("depth/info", DepthInfo, found.append)
    state = LensState()
    state.header.frame_id = sys.argv[1]
    state.lens_power_dioptres = -1.25
    state.focus_dioptres = float("nan")
    state.temperature_celsius = 31.5
    state.settled = True
    state.sweep_id = 4294967295
    state.plane_index = 65535
    state.direction = -1
    while not rospy.is_shutdown() and not any(i.header.frame_id == sys.argv[1] for i in found):
        state.header.stamp = rospy.Time(5, 7)
        publisher.publish(state)
        rospy.sleep(0.1)
    info = next(i for i in found if i.header.frame_id == sys.argv[1])
    print(
        "INFO",
        info.header.stamp.to_nsec(),
        info.sweep_id,
        info.planes_missing,
        ["%.3f" % focus for focus in info.plane_focus_dioptres],
        [stamp.to_nsec() for stamp in info.plane_stamps],
        list(info.validity_counts),
        info.model,
        list(info.stage_names),
        info.deadline_missed,
    )


if __name__ == "__main__":
    main()
