#!/usr/bin/env python3
"""An example bridge for Basler cameras that drive a liquid lens, by pypylon.

Topics and common parameters: camera_bridge.py. Those of this camera: ~serial (none: the first camera), ~pixel_format
(Mono8), ~width and ~height (0: as set), ~rate (0 Hz: as set), ~features ({}: further GenICam features to set, such as
{BslPeripheralDeviceType: OpticControl}), and names of features, see below. ~gain is in the camera's unit, mostly dB.

**Lens.** Basler's feature Optic Control (docs.baslerweb.com/optic-control; ace 2, boost and some dart cameras with a
suitable lens and cable) has the feature `FocalPower`, selected by `OpticControllerSelector` = `Optic1` (pylon API,
PLCamera.OpticControllerSelectorEnum). Other vendors follow the SFNC of GenICam, where it is `OpticController0`.
~power_feature (FocalPower) and ~optic (Optic1, OpticController0) name them; of a list, the first that exists is used.
The lens power is published as it is read back, and focus is NaN: the depth node computes it by the camera file, whose
power_gain and power_offset are needed here too, as ~power_gain and ~power_offset.

**Settled.** The camera does not report a power with the frame. A frame has that which was set before its exposure
began, and is settled if it began at least ~settle after that. Where ~status_feature (OpticControllerStatus) exists,
the lens must also have ceased to be `Busy`.

**Stamp.** By the chunk ~timestamp (BslChunkTimestampValue, ChunkTimestamp) of the frame, for which
BslChunkTimestampSelector is set to ~timestamp_event (ExposureStart or ExposureEnd); without chunks, GrabResult.TimeStamp,
which is the start of the exposure. Half of ChunkExposureTime, or else of ExposureTime, leads to mid-exposure. The
camera's clock is read by ~latch (TimestampLatch, GevTimestampControlLatch) and ~latch_value (TimestampLatchValue,
GevTimestampValue) every ten seconds. Basler warns of "an unspecified and variable delay" of the latch
(docs.baslerweb.com/timestamp), so the shortest of ten reads counts; its uncertainty must stay below ~clock_error
(0.005 s). The tick is 1 ns, or as GevTimestampTickFrequency says.

Not verified on a device, nor in a document at hand: that FocalPower is in dioptres, that it can be set while the camera
grabs, and how the lens is initialised after power-on; if it needs a feature set or the pylon Viewer, see ~features.
"""

import sys
import time

from bridge import BridgeError, Frame, clock_offset, reported
from camera_bridge import Exposure, run

ENCODINGS = {
    "Mono8": "mono8",
    "Mono12": "mono16",
    "BayerRG8": "bayer_rggb8",
    "BayerBG8": "bayer_bggr8",
    "BayerGB8": "bayer_gbrg8",
    "BayerGR8": "bayer_grbg8",
    "RGB8": "rgb8",
    "BGR8": "bgr8",
}
CLOCK_SECONDS = 10.0
MOST_FAILURES = 10


class Features:
    """The GenICam features of a camera, by name; the first name of a list that can be used is."""

    def __init__(self, genicam, nodes):
        self._genicam = genicam
        self._nodes = nodes

    def node(self, names, usable):
        for name in names:
            try:
                node = self._nodes.GetNode(name)
            except self._genicam.GenericException:
                node = None
            if node is not None and usable(node):
                return node
        return None

    def readable(self, *names):
        return self.node(names, self._genicam.IsReadable)

    def writable(self, *names):
        return self.node(names, self._genicam.IsWritable)

    def set(self, value, *names):
        """Sets a feature if the camera has it; returns whether it has."""
        node = self.writable(*names)
        if node is not None:
            node.Value = value
        return node is not None


class BaslerCamera:
    """A camera of pypylon that grabs freely while the lens is commanded."""

    # held_since says when the lens came to rest.
    reports_late = False

    def __init__(self, parameters, settings):
        try:
            from pypylon import genicam, pylon
        except ImportError as fault:
            raise ImportError("pypylon is missing (%s); install it with pip" % fault) from None
        self._pylon = pylon
        self._genicam = genicam
        self._faults = (genicam.GenericException,)
        self._serial = parameters.text("~serial", "")
        self._format = parameters.choice("~pixel_format", "Mono8", tuple(ENCODINGS))
        self._size = (parameters.whole("~width", 0, 0, 65535), parameters.whole("~height", 0, 0, 65535))
        self._rate = parameters.number("~rate", 0.0, 0, 10000)
        self._more = parameters.value("~features", {})
        if not isinstance(self._more, dict):
            raise ValueError("~features is %r; expected a dictionary of names and values" % (self._more,))
        self._power_names = parameters.names("~power_feature", "FocalPower")
        self._optics = parameters.names("~optic", "Optic1, OpticController0")
        self._status_names = parameters.names("~status_feature", "OpticControllerStatus")
        self._stamp_names = parameters.names("~timestamp", "BslChunkTimestampValue, ChunkTimestamp")
        self._event = parameters.choice("~timestamp_event", "ExposureStart", ("ExposureStart", "ExposureEnd"))
        self._latch_names = parameters.names("~latch", "TimestampLatch, GevTimestampControlLatch")
        self._value_names = parameters.names("~latch_value", "TimestampLatchValue, GevTimestampValue")
        self._clock_error = parameters.number("~clock_error", 0.005, 1e-6, 1)
        self._exposure = Exposure(parameters)
        self._camera = self._features = self._power = self._status = self._offset = None
        self._commands = []
        self._moving = False
        self._failures = 0

    def open(self):
        with reported("opening the camera", *self._faults):
            factory = self._pylon.TlFactory.GetInstance()
            if self._serial:
                info = self._pylon.DeviceInfo()
                info.SetSerialNumber(self._serial)
                device = factory.CreateFirstDevice(info)
            else:
                device = factory.CreateFirstDevice()
            self._camera = self._pylon.InstantCamera(device)
            self._camera.Open()
            self._features = Features(self._genicam, self._camera.GetNodeMap())
        with reported("configuring the camera", *self._faults):
            self._configure()
            self._find_lens()
            self._read_clock(10)
            self._camera.StartGrabbing(self._pylon.GrabStrategy_OneByOne)
            if self._exposure.found:
                self._fix_exposure()

    def _configure(self):
        features = self._features
        for name, value in self._more.items():
            if not features.set(value, name):
                raise ValueError("~features has %s, which can't be set; expected a feature of the camera" % name)
        features.set("Off", "TriggerMode")
        if not features.set(self._format, "PixelFormat"):
            raise BridgeError("PixelFormat can't be set")
        for value, name in zip(self._size, ("Width", "Height")):
            if value:
                features.set(value, name)
        if self._rate:
            features.set(True, "AcquisitionFrameRateEnable")
            features.set(self._rate, "AcquisitionFrameRate", "AcquisitionFrameRateAbs")
        exposure = self._exposure
        automatic = "Off" if exposure.seconds else "Continuous"
        for name in ("ExposureAuto", "GainAuto", "BalanceWhiteAuto"):
            features.set(automatic, name)
        if exposure.seconds:
            features.set(1e6 * exposure.seconds, "ExposureTime", "ExposureTimeAbs")
            features.set(exposure.gain, "Gain")
        if features.set(True, "ChunkModeActive"):
            for chunk in ("Timestamp", "ExposureTime"):
                features.set(chunk, "ChunkSelector")
                features.set(True, "ChunkEnable")
        if not features.set(self._event, "BslChunkTimestampSelector") and self._event != "ExposureStart":
            raise ValueError("~timestamp_event is %s; expected ExposureStart, all this camera has" % self._event)

    def _find_lens(self):
        selector = self._features.writable("OpticControllerSelector")
        if selector is not None:
            known = [name for name in self._optics if name in selector.Symbolics]
            if not known:
                raise ValueError("~optic is %r; expected one of %r" % (self._optics, tuple(selector.Symbolics)))
            selector.Value = known[0]
        self._power = self._features.writable(*self._power_names)
        if self._power is None:
            # The lens may be plugged in later.
            raise BridgeError(
                "the camera has no writable feature %s; expected a liquid lens that it drives, or another name in"
                " ~power_feature" % " or ".join(self._power_names)
            )
        self._status = self._features.readable(*self._status_names)
        self._commands = [(0, self._power.Value)]
        self._moving = False

    def _read_clock(self, tries):
        latch = self._features.writable(*self._latch_names)
        value = self._features.node(self._value_names, lambda node: True)
        if latch is None or value is None:
            raise ValueError(
                "the camera has no %s; expected the names of its timestamp latch in ~latch and ~latch_value"
                % " or ".join(self._latch_names)
            )
        frequency = self._features.readable("GevTimestampTickFrequency")
        self._tick = 1.0 if frequency is None else 1e9 / frequency.Value

        def read():
            latch.Execute()
            return int(value.Value * self._tick)

        offset, error = clock_offset(read, tries=tries)
        self._clock_read = time.monotonic()
        if error <= 1e9 * self._clock_error:
            self._offset = offset
        elif self._offset is None:
            raise BridgeError(
                "the camera's clock can be read to %g s only; expected %g s (~clock_error)"
                % (error / 1e9, self._clock_error)
            )

    def _fix_exposure(self):
        until = time.monotonic() + self._exposure.SECONDS_TO_FIND
        while time.monotonic() < until:
            self._camera.RetrieveResult(200, self._pylon.TimeoutHandling_Return)
        for name in ("ExposureAuto", "GainAuto", "BalanceWhiteAuto"):
            self._features.set("Off", name)

    def limits(self):
        with reported("reading the range of the lens", *self._faults):
            return self._power.Min, self._power.Max

    def command(self, power):
        with reported("setting the lens power", *self._faults):
            self._power.Value = power
            # What was set, as the camera rounds it.
            actual = self._power.Value
        self._commands = self._commands[-7:] + [(time.time_ns(), actual)]
        self._moving = self._status is not None
        return actual

    def frame(self):
        with reported("grabbing a frame", *self._faults):
            if time.monotonic() - self._clock_read > CLOCK_SECONDS:
                self._read_clock(5)
            result = self._camera.RetrieveResult(200, self._pylon.TimeoutHandling_Return)
            if not result.IsValid():
                if self._camera.IsCameraDeviceRemoved():
                    raise BridgeError("the camera was removed")
                return None
            try:
                if result.GrabSucceeded():
                    self._failures = 0
                    return self._frame(result, result.GetArray())
                # Single frames get lost on a busy network; many in a row are a fault.
                self._failures += 1
                if self._failures >= MOST_FAILURES:
                    raise BridgeError("grabbing frames failed: %s" % result.ErrorDescription)
                return None
            finally:
                result.Release()

    def _frame(self, result, array):
        if self._moving and self._status.Value != "Busy":
            self._commands[-1] = (time.time_ns(), self._commands[-1][1])
            self._moving = False
        chunks = Features(self._genicam, result.ChunkDataNodeMap)
        exposure = chunks.readable("ChunkExposureTime") or self._features.readable("ExposureTime", "ExposureTimeAbs")
        stamp = chunks.readable(*self._stamp_names)
        ticks = result.TimeStamp if stamp is None else stamp.Value
        if not ticks:
            raise ValueError("the frames have no timestamp; expected a chunk %s" % " or ".join(self._stamp_names))
        at = int(ticks * self._tick) + self._offset
        exposed = int(1000 * exposure.Value)
        start = at - exposed if self._event == "ExposureEnd" and stamp is not None else at
        # The lens had the last power set before the exposure; one set during it unsettles the frame.
        since, power = [c for c in self._commands if c[0] <= start or c is self._commands[0]][-1]
        if any(start < c[0] <= start + exposed for c in self._commands):
            since = start + exposed
        if self._moving:
            since = max(since, start + exposed)
        return Frame(array, ENCODINGS[self._format], start, start + exposed, power, held_since=since)

    def close(self):
        camera, self._camera = self._camera, None
        if camera is not None:
            try:
                camera.StopGrabbing()
                camera.Close()
            except self._faults:
                # It is gone already.
                pass
        self._features = self._power = self._status = self._offset = None


if __name__ == "__main__":
    sys.exit(run("basler_bridge", BaslerCamera, calibrated=True))
