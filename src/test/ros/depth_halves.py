#!/usr/bin/env python3
"""depth_halves.py FILE: of the depth images in a bag, how many there are, and the last one's median
depth in metres of the left and of the right half, the middle left out."""

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
