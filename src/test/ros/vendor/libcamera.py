"""A stand-in of libcamera's Python bindings: the one enumeration that picamera_bridge.py uses.

`from libcamera import controls; controls.AfModeEnum.Manual`, as in the Picamera2 manual, section 5.2 (autofocus).
"""

import enum


class controls:
    class AfModeEnum(enum.IntEnum):
        Manual = 0
        Auto = 1
        Continuous = 2
