#!/usr/bin/python3
"""A rospy peer: matches depth, camera_info and info by stamp with message_filters.

depth_sync.py COUNT FOLDER: writes FOLDER/SEQUENCE.f32 (depth, then its sigma) for COUNT triples and prints
"SYNC SEQUENCE STAMP_NANOS" for each; ends with 1 if they do not come within two minutes.
"""
import os
import sys
import threading

import message_filters
import numpy as np
import rospy
from rackfocus_msgs.msg import DepthInfo
from sensor_msgs.msg import CameraInfo, Image


def main():
    count, folder = int(sys.argv[1]), sys.argv[2]
    done = threading.Event()
    seen = []

    def synchronised(depth, sigma, camera, info):
        if done.is_set():
            return
        stamps = {m.header.stamp for m in (depth, sigma, camera, info)}
        frames = {m.header.frame_id for m in (depth, sigma, camera, info)}
        assert len(stamps) == 1 and len(frames) == 1, (stamps, frames)
        assert (camera.width, camera.height) == (depth.width, depth.height)
        assert camera.P[0] > 0 and info.newest_stamp == depth.header.stamp
        planes = [np.frombuffer(m.data, '<f4').reshape(m.height, m.width) for m in (depth, sigma)]
        np.concatenate(planes).astype('<f4').tofile(os.path.join(folder, '%d.f32' % info.sequence))
        print('SYNC %d %d' % (info.sequence, depth.header.stamp.to_nsec()), flush=True)
        seen.append(info.sequence)
        if len(seen) >= count:
            done.set()

    rospy.init_node('depth_sync', anonymous=True, disable_signals=True)
    topics = [('depth/image_rect', Image), ('uncertainty/image_rect', Image),
              ('depth/camera_info', CameraInfo), ('depth/info', DepthInfo)]
    filters = [message_filters.Subscriber(name, kind, queue_size=10, buff_size=1 << 24) for name, kind in topics]
    message_filters.TimeSynchronizer(filters, 10).registerCallback(synchronised)
    sys.exit(0 if done.wait(120) else 1)


main()
