#!/usr/bin/env python3
"""reconfigure.py NODE: changes parameters of a running depth node as rqt_reconfigure does, and prints what comes of it."""

import sys

import dynamic_reconfigure.client
import numpy
import rospy
from rackfocus_msgs.srv import LoadPreset
from sensor_msgs.msg import Image

NODE = sys.argv[1]


def published():
    """The share of published pixels in the fourth map from now: the next ones may be on their way."""
    for _ in range(4):
        message = rospy.wait_for_message("/validity/image_rect", Image, 60)
    return float((numpy.frombuffer(message.data, numpy.uint8) == 0).mean())


rospy.init_node("reconfigure")
client = dynamic_reconfigure.client.Client(NODE, timeout=60)
described = {each["name"]: each for each in client.get_parameter_descriptions()}
print("DESCRIBED", sorted(described))
confidence = described["min_confidence"]
print("RANGE", confidence["type"], confidence["min"], confidence["max"], confidence["default"])
print("ENUM", [each["value"] for each in eval(described["registration"]["edit_method"])["enum"]])
print("BEFORE", client.get_configuration()["min_confidence"])
least = published()
print("SET", client.update_configuration({"min_confidence": 0.3})["min_confidence"])
more = published()
print("SHARES", round(least, 3), round(more, 3), more > least + 0.01)
print("TYPES", client.update_configuration({"registration": "lens", "every_nth": 2, "filter": "still", "require_settled": False}))
print("FILTERED", published() > 0.5)
try:
    client.update_configuration({"min_confidence": 1.0})
    print("NOT REFUSED")
except Exception as error:
    print("REFUSED", error)
print("AFTER", client.get_configuration()["min_confidence"], client.get_configuration()["filter"])
load = rospy.ServiceProxy(NODE + "/load_preset", LoadPreset)
for preset in ("cautious", "none", "../node"):
    print("PRESET", preset, load(preset))
print("LOADED", client.get_configuration()["min_confidence"])
