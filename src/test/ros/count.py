#!/usr/bin/python3
"""Counts received and missing images by the sequence number in their first four bytes.

    count.py TOPIC     prints COUNT received LOST missing twice a second
"""
import struct
import sys
import threading

import rospy
from sensor_msgs.msg import Image


class Count:
    def __init__(self):
        self.lock = threading.Lock()
        self.received = self.lost = 0
        self.last = None

    def take(self, image):
        (number,) = struct.unpack_from("<I", image.data)
        with self.lock:
            self.received += 1
            # A restarted publisher begins at 0.
            if self.last is not None and number > self.last:
                self.lost += number - self.last - 1
            self.last = number

    def print(self):
        with self.lock:
            print("COUNT", self.received, "LOST", self.lost, flush=True)


def main():
    rospy.init_node("count", anonymous=True)
    count = Count()
    rospy.Subscriber(sys.argv[1], Image, count.take, queue_size=None, buff_size=1 << 22)
    while not rospy.is_shutdown():
        rospy.sleep(0.5)
        count.print()


if __name__ == "__main__":
    main()
