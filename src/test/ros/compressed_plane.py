#!/usr/bin/python3
"""Decodes depth/image_rect/compressedDepth by the published format, with numpy and cv2 only, and compares it
with the published plane: compressed_plane.py DEPTH_METRES.

The format (compressed_depth_image_transport): int32 kind (0, inverse depth), float32 A and B, then a PNG of
16 bits; code 0 is no depth, else depth = A / (code - B). Prints "PLANE MEAN WORST STEP NUMBERS NANS".
"""
import struct
import sys

import cv2
import numpy as np
import rospy
from sensor_msgs.msg import CompressedImage


def decode(message):
    encoding, _, transport = message.format.partition(';')
    assert encoding == '32FC1' and transport.split() == ['compressedDepth', 'png'], message.format
    data = bytes(message.data)
    kind, a, b = struct.unpack('<iff', data[:12])
    assert kind == 0, kind
    codes = cv2.imdecode(np.frombuffer(data[12:], np.uint8), cv2.IMREAD_UNCHANGED)
    assert codes.dtype == np.uint16, codes.dtype
    depth = np.full(codes.shape, np.nan, np.float32)
    valid = codes != 0
    depth[valid] = np.float32(a) / (codes[valid].astype(np.float32) - np.float32(b))
    return depth, a


def main():
    truth = float(sys.argv[1])
    rospy.init_node('compressed_plane', anonymous=True, disable_signals=True)
    message = rospy.wait_for_message('depth/image_rect/compressedDepth', CompressedImage, timeout=60)
    depth, a = decode(message)
    numbers = depth[np.isfinite(depth)]
    step = truth * truth / a  # one code, in metres at that depth
    print('PLANE %.9f %.3e %.3e %d %d' % (numbers.mean(), np.abs(numbers - truth).max(), step, numbers.size,
                                          np.isnan(depth).sum()))


main()
