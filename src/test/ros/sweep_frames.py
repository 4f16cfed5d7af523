#!/usr/bin/env python3
"""Simulates the driver of a camera with a focus sweep: publishes frames or writes them to a bag.

sweep_frames.py publish SUBSCRIBERS     on /cam/image_raw, /cam/lens_state, /cam/camera_info, once each has so many
sweep_frames.py write FILE png|jpeg     as sensor_msgs/CompressedImage on /cam/image_raw/compressed, packed by OpenCV
"""

import sys

import cv2
import numpy
import rosbag
import rospy
from rackfocus_msgs.msg import LensState
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

PLANES = 10
FRAMES = 3 * PLANES
WIDTH, HEIGHT = 160, 120
RATE = 40.0


def image(number):
    """A textured board, left half in focus on plane 2, right half on plane 7."""
    texture = numpy.random.RandomState(7).randint(40, 220, (HEIGHT, WIDTH)).astype(numpy.uint8)
    plane = number % PLANES
    halves = []
    for half, depth in ((texture[:, : WIDTH // 2], 2), (texture[:, WIDTH // 2 :], 7)):
        blur = 0.6 * abs(plane - depth)
        halves.append(cv2.GaussianBlur(half, (0, 0), blur) if blur > 0 else half)
    return numpy.ascontiguousarray(numpy.hstack(halves))


def header(message, number):
    message.header.stamp = rospy.Time.from_sec(1000) + rospy.Duration.from_sec(number / RATE)
    message.header.frame_id = "lens_optical_frame"
    return message


def raw(number):
    message = header(Image(), number)
    message.height, message.width, message.step = HEIGHT, WIDTH, WIDTH
    message.encoding = "mono8"
    message.data = image(number).tobytes()
    return message


def packed(number, codec):
    message = header(CompressedImage(), number)
    message.format = "mono8; %s compressed " % codec
    message.data = cv2.imencode("." + codec, image(number))[1].tobytes()
    return message


def lens(number):
    message = header(LensState(), number)
    message.focus_dioptres = 1 + number % PLANES
    message.lens_power_dioptres = float("nan")
    message.temperature_celsius = 30
    message.settled = True
    message.sweep_id = number // PLANES
    message.plane_index = number % PLANES
    return message


def info(number):
    message = header(CameraInfo(), number)
    message.height, message.width = HEIGHT, WIDTH
    message.distortion_model = "plumb_bob"
    message.D = [-0.1, 0.01, 0, 0, 0]
    message.K = [150, 0, 79.5, 0, 150, 59.5, 0, 0, 1]
    message.R = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    message.P = [150, 0, 79.5, 0, 0, 150, 59.5, 0, 0, 0, 1, 0]
    return message


def publish(subscribers):
    rospy.init_node("sweep_frames")
    images = rospy.Publisher("/cam/image_raw", Image, queue_size=100)
    lenses = rospy.Publisher("/cam/lens_state", LensState, queue_size=100)
    infos = rospy.Publisher("/cam/camera_info", CameraInfo, queue_size=100)
    while any(p.get_num_connections() < subscribers for p in (images, lenses, infos)):
        rospy.sleep(0.1)
    timer = rospy.Rate(RATE)
    for number in range(FRAMES):
        images.publish(raw(number))
        infos.publish(info(number))
        lenses.publish(lens(number))
        timer.sleep()
    rospy.sleep(2)
    print("PUBLISHED", FRAMES)


def write(path, codec):
    with rosbag.Bag(path, "w", compression="lz4") as bag:
        for number in range(FRAMES):
            compressed = packed(number, codec)
            stamp = compressed.header.stamp
            bag.write("/cam/image_raw/compressed", compressed, stamp)
            bag.write("/cam/camera_info", info(number), stamp)
            bag.write("/cam/lens_state", lens(number), stamp + rospy.Duration.from_sec(0.002))


if __name__ == "__main__":
    if sys.argv[1] == "publish":
        publish(int(sys.argv[2]))
    else:
        write(sys.argv[2], sys.argv[3])
