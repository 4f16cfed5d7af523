#!/usr/bin/env python3
"""Listens to a camera bridge with a stand-in, and compares what it says with what its images show.

hear_bridge.py SECONDS GREY_AT_ZERO GREY_PER_DIOPTRE: listens so long on image_raw, lens_state and camera_info, in its
namespace, and prints one line:

HEARD images=N alone=N planes=0,1,2 settled=N wrong=N infos=N focus=N

alone: images without a lens state of exactly their stamp; wrong: settled ones whose grey contradicts their lens power
by more than 0.2 dioptres; focus: lens states with a focus.
"""

import math
import sys

import rospy
from rackfocus_msgs.msg import LensState
from sensor_msgs.msg import CameraInfo, Image


def main():
    seconds, zero, scale = (float(word) for word in rospy.myargv()[1:4])
    states, images, infos = {}, {}, []
    rospy.init_node("listener", anonymous=True)

    def key(message):
        return message.header.stamp.secs, message.header.stamp.nsecs

    rospy.Subscriber("lens_state", LensState, lambda message: states.setdefault(key(message), message))
    rospy.Subscriber("image_raw", Image, lambda message: images.setdefault(key(message), message.data[0]))
    rospy.Subscriber("camera_info", CameraInfo, infos.append)
    rospy.sleep(seconds)
    # Topics are connected one after the other, and the last messages are on their way: the ends don't count.
    low = min(states, default=(0, 0))
    high = max(states, default=(0, 0))
    heard = {stamp: grey for stamp, grey in images.items() if low <= stamp <= high}
    settled = [stamp for stamp in heard if stamp in states and states[stamp].settled]
    wrong = [
        stamp for stamp in settled if abs((heard[stamp] - zero) / scale - states[stamp].lens_power_dioptres) > 0.2
    ]
    print(
        "HEARD images=%d alone=%d planes=%s settled=%d wrong=%d infos=%d focus=%d"
        % (
            len(heard),
            len([stamp for stamp in heard if stamp not in states]),
            ",".join(str(plane) for plane in sorted({states[stamp].plane_index for stamp in settled})),
            len(settled),
            len(wrong),
            len(infos),
            len([state for state in states.values() if not math.isnan(state.focus_dioptres)]),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
