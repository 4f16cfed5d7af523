"""A stand-in of pypylon.pylon with an ace 2 USB and a liquid lens.

Names and semantics are those of basler/pypylon's samples (grabchunkimage.py, grab.py) and of Basler's documentation:
Optic Control with FocalPower and OpticControllerSelector = Optic1 (docs.baslerweb.com/optic-control and
PLCamera.OpticControllerSelectorEnum), BslChunkTimestampSelector and BslChunkTimestampValue
(PLChunkData.BslChunkTimestampSelectorEnum), a clock in nanoseconds since power-on with TimestampLatch
(docs.baslerweb.com/timestamp). FocalPower takes effect at once and is rounded to a hundredth; that is assumed.
A removed camera raises genicam.RuntimeException with pylon's text (basler/pypylon issue 619).
"""

import time

import stand_in

from . import genicam
from .genicam import Node, NodeMap

GrabStrategy_OneByOne = 0
TimeoutHandling_Return = 0
TimeoutHandling_ThrowException = 1
LOWEST, HIGHEST = -2.0, 12.0
GREY_PER_DIOPTRE = 16
GREY_AT_ZERO = 40
REMOVED = "The camera device has been physically removed. : RuntimeException thrown (file 'instantcameraimpl.h', line 2079)"
POWER_ON = time.monotonic() - 1000.0


def ticks(monotonic):
    return int(1e9 * (monotonic - POWER_ON))


class DeviceInfo:
    def SetSerialNumber(self, serial):
        self.serial = serial


class TlFactory:
    @staticmethod
    def GetInstance():
        return TlFactory()

    def CreateFirstDevice(self, info=None):
        try:
            stand_in.fate.opened()
        except stand_in.Gone:
            raise genicam.RuntimeException("No device is available or no device contains the provided device info properties.")
        return object()


class GrabResult:
    def __init__(self, array=None, chunks=None, stamp=0):
        self._array = array
        self.ChunkDataNodeMap = NodeMap(chunks or {})
        self.TimeStamp = stamp
        self.ErrorDescription = ""

    def IsValid(self):
        return self._array is not None

    def GrabSucceeded(self):
        return True

    def GetArray(self):
        return self._array

    def Release(self):
        pass


class InstantCamera:
    def __init__(self, device):
        self._lens = stand_in.Lens(0.0)
        self._rate = 30.0
        self._exposure = 4000.0
        self._frames = None
        self._latched = 0
        self._chunks = {}

    def Open(self):
        auto = ("Off", "Once", "Continuous")
        self._nodes = {
            "TriggerMode": Node("On", names=("Off", "On")),
            "PixelFormat": Node("Mono8", names=("Mono8", "Mono12")),
            "Width": Node(64, 16, 1920),
            "Height": Node(48, 16, 1200),
            "AcquisitionFrameRateEnable": Node(False),
            "AcquisitionFrameRate": Node(30.0, 1.0, 1000.0),
            "ExposureAuto": Node("Continuous", names=auto),
            "GainAuto": Node("Continuous", names=auto),
            "ExposureTime": Node(4000.0, 20.0, 10000000.0),
            "Gain": Node(0.0, 0.0, 48.0),
            "ChunkModeActive": Node(False),
            "ChunkSelector": Node("Timestamp", names=("Timestamp", "ExposureTime")),
            "ChunkEnable": Node(False, write=self._enable),
            "BslChunkTimestampSelector": Node("FrameStart", names=("FrameStart", "ExposureStart", "ExposureEnd")),
            "OpticControllerSelector": Node("Optic1", names=("Optic1",)),
            "FocalPower": Node(0.0, LOWEST, HIGHEST, write=self._move),
            "TimestampLatch": Node(execute=self._latch),
            "TimestampLatchValue": Node(read=lambda: self._latched, fixed=True),
        }

    def GetNodeMap(self):
        return NodeMap(self._nodes)

    def IsCameraDeviceRemoved(self):
        return stand_in.fate.broken

    def _check(self):
        if stand_in.fate.broken:
            raise genicam.RuntimeException(REMOVED)

    def _latch(self):
        self._check()
        self._latched = ticks(time.monotonic())

    def _enable(self, value):
        self._chunks[self._nodes["ChunkSelector"].Value] = value
        return value

    def _move(self, power):
        self._check()
        power = round(power, 2)
        self._lens.move(power, time.monotonic())
        stand_in.fate.note("lens %.4f" % power)
        return power

    def StartGrabbing(self, strategy):
        assert self._nodes["TriggerMode"].Value == "Off", "the camera waits for a trigger"
        self._frames = stand_in.Frames(
            self._nodes["AcquisitionFrameRate"].Value, self._nodes["ExposureTime"].Value / 1e6
        )

    def RetrieveResult(self, timeout, handling):
        assert handling == TimeoutHandling_Return
        self._check()
        number = self._frames.wait(timeout / 1000)
        if number is None:
            return GrabResult()
        try:
            stand_in.fate.frame()
        except stand_in.Gone:
            self._check()
        start, end = self._frames.times(number)
        # In the middle of the exposure: wait() returns at its end, when all moves before it are known.
        power = self._lens.position((start + end) / 2)
        automatic = self._nodes["ExposureAuto"].Value != "Off"
        grey = (GREY_AT_ZERO + GREY_PER_DIOPTRE * power) * self._frames.flicker(automatic)
        chunks = {}
        if self._nodes["ChunkModeActive"].Value:
            at = {"FrameStart": start - 0.0005, "ExposureStart": start, "ExposureEnd": end}
            if self._chunks.get("Timestamp"):
                chosen = at[self._nodes["BslChunkTimestampSelector"].Value]
                chunks["BslChunkTimestampValue"] = Node(ticks(chosen), fixed=True)
                chunks["ChunkTimestamp"] = Node(ticks(start - 0.0005), fixed=True)
            if self._chunks.get("ExposureTime"):
                chunks["ChunkExposureTime"] = Node(1e6 * (end - start), fixed=True)
        size = (self._nodes["Width"].Value, self._nodes["Height"].Value)
        return GrabResult(stand_in.picture(grey, *size), chunks, ticks(start))

    def StopGrabbing(self):
        self._frames = None

    def Close(self):
        stand_in.fate.note("closed")
