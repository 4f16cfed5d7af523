#!/usr/bin/env python3
"""depth_halves.py FILE: prints the number of depth images in a bag and the median depth, metres, of the
left and right half of the last one, without the middle."""

import sys

import numpy
import rosbag

with rosbag.Bag(sys.argv[1]) as bag:
    maps = [message for _, message, _ in bag.read_messages("/depth/image_rect")]
last = maps[-1]
assert last.encoding == "32FC1" and last.header.frame_id == "lens_optical_frame", last.header
depth = numpy.frombuffer(last.data, "<f4").reshape(last.height, last.width)
halves = depth[:, : last.width * 3 // 8], depth[:, last.width * 5 // 8 :]
medians = [numpy.median(half[numpy.isfinite(half)]) for half in halves]
print("HALVES", len(maps), *medians)
