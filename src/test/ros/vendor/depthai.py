"""A stand-in of depthai 2 with an OAK camera, for tests of oak_bridge.py.

Names and semantics are those of luxonis/depthai-python: src/DataQueueBindings.cpp (tryGet returns None, send),
src/pipeline/datatype/ImgFrameBindings.cpp (getFrame of NV12 has 1.5 times the height, getTimestamp takes a
CameraExposureOffset), src/pipeline/datatype/CameraControlBindings.cpp, src/DeviceBindings.cpp, and the example
ColorCamera/rgb_camera_control.py. A control takes effect DELAY frames after it was sent, and the frame's lens position
is the one before for one frame more: Luxonis promises nothing, so the worse is assumed. A broken device raises
RuntimeError with the text of an X_LINK_ERROR, as in many issues (such as luxonis/depthai-tutorials 11).
"""

import datetime
import enum
import time

import numpy
import stand_in

__version__ = "2.30.0.0"
DELAY = 2
LINK = "Communication exception - possible device error/misconfiguration. Original message '%s (X_LINK_ERROR)'"


class CameraExposureOffset(enum.Enum):
    START = 0
    MIDDLE = 1
    END = 2


class CameraBoardSocket(enum.Enum):
    CAM_A = 0
    CAM_B = 1


class ColorCameraProperties:
    class SensorResolution(enum.Enum):
        THE_1080_P = 0
        THE_4_K = 1


class Clock:
    @staticmethod
    def now():
        return datetime.timedelta(seconds=time.monotonic())


class CameraControl:
    def __init__(self):
        self.commands = {}

    def setManualFocus(self, position):
        if not isinstance(position, int) or not 0 <= position <= 255:
            raise TypeError("setManualFocus(): incompatible function arguments: %r" % position)
        self.commands["focus"] = position

    def setManualExposure(self, microseconds, sensitivity):
        self.commands["exposure"] = (int(microseconds), int(sensitivity))

    def setAutoExposureLock(self, lock):
        self.commands["lock"] = lock

    def setAutoWhiteBalanceLock(self, lock):
        self.commands["white"] = lock


class Port:
    def __init__(self, owner):
        self.owner = owner

    def link(self, port):
        self.owner.linked = port.owner


class ColorCamera:
    def __init__(self):
        self.initialControl = CameraControl()
        self.inputControl = Port(self)
        self.video = Port(self)

    def setBoardSocket(self, socket):
        assert isinstance(socket, CameraBoardSocket)

    def setResolution(self, resolution):
        assert isinstance(resolution, ColorCameraProperties.SensorResolution)

    def setVideoSize(self, width, height):
        self.size = (width, height)

    def setFps(self, fps):
        self.fps = fps


class XLinkOut:
    def __init__(self):
        self.input = Port(self)

    def setStreamName(self, name):
        self.name = name


class XLinkIn:
    def __init__(self):
        self.out = Port(self)

    def setStreamName(self, name):
        self.name = name


class node:
    ColorCamera = ColorCamera
    XLinkOut = XLinkOut
    XLinkIn = XLinkIn


class Pipeline:
    def __init__(self):
        self.nodes = []

    def create(self, kind):
        self.nodes.append(kind())
        return self.nodes[-1]

    def only(self, kind):
        (found,) = [node for node in self.nodes if isinstance(node, kind)]
        return found


class ImgFrame:
    def __init__(self, number, start, end, position, grey, size):
        self._times = {CameraExposureOffset.START: start, CameraExposureOffset.END: end}
        self._times[CameraExposureOffset.MIDDLE] = (start + end) / 2
        self._position = position
        self._grey = grey
        self._size = size
        self._number = number

    def getTimestamp(self, offset):
        return datetime.timedelta(seconds=self._times[offset])

    def getExposureTime(self):
        return self.getTimestamp(CameraExposureOffset.END) - self.getTimestamp(CameraExposureOffset.START)

    def getLensPosition(self):
        return self._position

    def getSequenceNum(self):
        return self._number

    def getWidth(self):
        return self._size[0]

    def getHeight(self):
        return self._size[1]

    def getFrame(self, copy=False):
        width, height = self._size
        array = numpy.full((height * 3 // 2, width), 128, numpy.uint8)
        array[:height] = stand_in.picture(self._grey, width, height)
        return array

    def getCvFrame(self):
        return numpy.dstack([stand_in.picture(self._grey, *self._size)] * 3)


class DataInputQueue:
    def __init__(self, device):
        self._device = device

    def send(self, control):
        self._device._check()
        self._device._control(control.commands)


class DataOutputQueue:
    def __init__(self, device):
        self._device = device

    def tryGet(self):
        self._device._check()
        return self._device._next()


class DeviceInfo:
    def __init__(self, name):
        self.name = name


class Device:
    def __init__(self, pipeline, info=None):
        try:
            stand_in.fate.opened()
        except stand_in.Gone:
            raise RuntimeError("No available devices")
        camera = pipeline.only(ColorCamera)
        assert camera.video.owner.linked is pipeline.only(XLinkOut), "the video goes nowhere"
        assert pipeline.only(XLinkIn).linked is camera, "the control goes nowhere"
        self._size = camera.size
        focus = camera.initialControl.commands["focus"]
        self._lens = stand_in.Lens(focus)
        stand_in.fate.note("lens %d" % focus)
        self._reports = [(0, focus)]
        self._due = []
        self._automatic = "exposure" not in camera.initialControl.commands
        self._frames = stand_in.Frames(camera.fps, 0.004)
        self._streams = {pipeline.only(XLinkOut).name, pipeline.only(XLinkIn).name}

    def getOutputQueue(self, name, maxSize=16, blocking=True):
        assert name in self._streams
        return DataOutputQueue(self)

    def getInputQueue(self, name):
        assert name in self._streams
        return DataInputQueue(self)

    def _check(self):
        if stand_in.fate.broken:
            raise RuntimeError(LINK % "Couldn't read data from stream: 'images'")

    def _control(self, commands):
        if "lock" in commands:
            self._automatic = not commands["lock"]
        if "focus" in commands:
            self._due.append((self._frames.current() + DELAY, commands["focus"]))

    def _next(self):
        number = self._frames.wait(0)
        if number is None:
            return None
        try:
            stand_in.fate.frame()
        except stand_in.Gone:
            self._check()
        start, end = self._frames.times(number)
        for at, focus in [due for due in self._due if due[0] <= number]:
            self._lens.move(focus, start - 0.002)
            self._reports.append((number + 1, focus))
            stand_in.fate.note("lens %d" % focus)
        self._due = [due for due in self._due if due[0] > number]
        position = [focus for since, focus in self._reports if since <= number][-1]
        grey = self._lens.position((start + end) / 2) * self._frames.flicker(self._automatic)
        return ImgFrame(number, start, end, position, grey, self._size)

    def close(self):
        stand_in.fate.note("closed")
