#!/usr/bin/env python3
"""An example bridge for Luxonis OAK cameras with autofocus, by depthai 2.

Topics and common parameters: camera_bridge.py. Those of this camera: ~device (none: the first; a MxID, address or USB
port), ~socket (CAM_A), ~resolution (THE_1080_P), ~width and ~height (1280 x 720, a part from the centre), ~rate (30
Hz), ~colour (false: luma only, which is all the depth node needs), ~lens_table (required). ~gain is the ISO value.

**Lens.** A lens position is a number from 0 to 255 without a unit. ~lens_table gives its law: at least two pairs of
position and dioptres of focus, such as [[120, 0.0], [255, 12.5]], between which it is linear. Luxonis says only that
infinity is "at about 120..130 (may vary from module to module)" and 255 is "macro focus, at 8cm distance"
(RawCameraControl::lensPosition), so measure yours: focus on boards at measured distances, and read the position. The
result is published as focus, and as lens power so that it can be calibrated: see ~calibrated.

**Settled.** Each frame has a lens position of its own (ImgFrame.getLensPosition; -1: none). Luxonis does not say
whether it is the command or a measurement, nor to which row's exposure it belongs. A frame is therefore settled only
if an earlier one had the same position and ended ~settle before this began, and frames that were exposed after a
command and still show the former position are not settled. With ~pattern saw or triangle, ~dwell must therefore
exceed the delay of the control by at least two frames; step does not care.

**Stamp.** ImgFrame.getTimestamp(CameraExposureOffset.MIDDLE), which is mid-exposure in the time of depthai.Clock.now(),
the host's monotonic clock; converted by reading both clocks at each frame. depthai synchronises it with the device.
It is that of the first row (luxonis/depthai issue 795).

Not verified on a device: the lens's own delay; depthai 3, whose nodes and queues differ, is not supported.
"""

import datetime
import sys
import time

from bridge import Frame, clock_offset, reported
from camera_bridge import Exposure, run

# XLink faults are std::runtime_error, in Python RuntimeError: "Communication exception - ... (X_LINK_ERROR)".
FAULTS = (RuntimeError,)
MICROSECOND = datetime.timedelta(microseconds=1)


class LensTable:
    """Focus over lens position, linear between the points of ~lens_table."""

    def __init__(self, points):
        try:
            self._points = sorted((float(position), float(focus)) for position, focus in points)
        except (TypeError, ValueError):
            self._points = []
        steps = list(zip(self._points, self._points[1:]))
        rising = [after[1] > before[1] for before, after in steps]
        if (
            not steps
            or any(after[0] == before[0] or after[1] == before[1] for before, after in steps)
            or any(rise != rising[0] for rise in rising)
            or not all(0 <= position <= 255 for position, _ in self._points)
        ):
            raise ValueError(
                "~lens_table is %r; expected at least two pairs [position, dioptres], such as [[120, 0.0], [255,"
                " 12.5]], positions from 0 to 255, dioptres only rising or only falling: the lens of this camera"
                " is set by a position without a unit, and only you can measure which focus it means" % (points,)
            )

    def limits(self):
        ends = (self._points[0][1], self._points[-1][1])
        return min(ends), max(ends)

    def focus(self, position):
        return interpolated(self._points, position)

    def position(self, focus):
        return int(round(interpolated(sorted((y, x) for x, y in self._points), focus)))


def interpolated(points, x):
    """Beyond the ends the first and last segment go on."""
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x <= x1:
            break
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


class OakCamera:
    """A camera of depthai 2: ColorCamera, with an XLinkIn for control and an XLinkOut for images."""

    reports_late = True

    def __init__(self, parameters, settings, sleep=time.sleep):
        try:
            import depthai
        except ImportError as fault:
            raise ImportError("depthai is missing (%s); install it with pip, version 2" % fault) from None
        self._dai = depthai
        if not hasattr(depthai, "CameraExposureOffset") or not hasattr(depthai.node, "XLinkOut"):
            raise ImportError(
                "depthai %s is not supported; expected version 2 with CameraExposureOffset"
                % getattr(depthai, "__version__", "unknown")
            )
        self._table = LensTable(parameters.value("~lens_table", []))
        self._sleep = sleep
        self._name = parameters.text("~device", "")
        self._socket = self._member("~socket", parameters, "CAM_A", depthai.CameraBoardSocket)
        self._resolution = self._member(
            "~resolution", parameters, "THE_1080_P", depthai.ColorCameraProperties.SensorResolution
        )
        self._size = (parameters.whole("~width", 1280, 32, 8192), parameters.whole("~height", 720, 32, 8192))
        self._rate = parameters.number("~rate", 30.0, 0.1, 240)
        self._colour = parameters.flag("~colour", False)
        self._exposure = Exposure(parameters)
        self._park = settings.park_power()
        positions = [self._table.position(settings.power(plane)) for plane in range(settings.planes.planes)]
        if len(set(positions)) < len(positions):
            raise ValueError(
                "~planes is %d, whose lens positions by ~lens_table are %r; expected different ones"
                % (settings.planes.planes, positions)
            )
        self._device = self._images = self._control = None

    @staticmethod
    def _member(name, parameters, default, kind):
        found = parameters.text(name, default)
        if not hasattr(kind, found):
            raise ValueError("%s is %r; expected a name of depthai, such as %s" % (name, found, default))
        return getattr(kind, found)

    def _pipeline(self):
        dai = self._dai
        pipeline = dai.Pipeline()
        camera = pipeline.create(dai.node.ColorCamera)
        camera.setBoardSocket(self._socket)
        camera.setResolution(self._resolution)
        camera.setVideoSize(*self._size)
        camera.setFps(self._rate)
        camera.initialControl.setManualFocus(self._table.position(self._park))
        if self._exposure.seconds:
            camera.initialControl.setManualExposure(int(1e6 * self._exposure.seconds), int(self._exposure.gain))
        images = pipeline.create(dai.node.XLinkOut)
        images.setStreamName("images")
        camera.video.link(images.input)
        control = pipeline.create(dai.node.XLinkIn)
        control.setStreamName("control")
        control.out.link(camera.inputControl)
        return pipeline

    def open(self):
        dai = self._dai
        with reported("opening the OAK camera", *FAULTS):
            where = [dai.DeviceInfo(self._name)] if self._name else []
            self._device = dai.Device(self._pipeline(), *where)
            self._images = self._device.getOutputQueue("images", maxSize=8, blocking=False)
            self._control = self._device.getInputQueue("control")
        if self._exposure.found:
            self._fix_exposure()
        elif self._exposure.seconds:
            self._send("setAutoWhiteBalanceLock", True)

    def _fix_exposure(self):
        until = time.monotonic() + self._exposure.SECONDS_TO_FIND
        while time.monotonic() < until:
            with reported("finding the exposure", *FAULTS):
                self._images.tryGet()
            self._sleep(0.01)
        self._send("setAutoExposureLock", True)
        self._send("setAutoWhiteBalanceLock", True)

    def _send(self, method, value):
        control = self._dai.CameraControl()
        getattr(control, method)(value)
        with reported(method, *FAULTS):
            self._control.send(control)

    def limits(self):
        return self._table.limits()

    def command(self, power):
        position = self._table.position(power)
        self._send("setManualFocus", position)
        return self._table.focus(position)

    def frame(self):
        # tryGet() and a nap: get() waits forever, and only since some version can be given a limit.
        for _ in range(50):
            with reported("reading the image queue", *FAULTS):
                image = self._images.tryGet()
            if image is not None:
                return self._frame(image)
            self._sleep(0.002)
        return None

    def _frame(self, image):
        position = image.getLensPosition()
        if position < 0:
            raise ValueError("the camera reports no lens position; expected one with autofocus, not fixed focus")
        offset, _ = clock_offset(lambda: self._dai.Clock.now() // MICROSECOND * 1000)
        middle = image.getTimestamp(self._dai.CameraExposureOffset.MIDDLE) // MICROSECOND * 1000 + offset
        exposed = image.getExposureTime() // MICROSECOND * 1000
        # `video` is NV12: rows of luma, then half as many of colour.
        array = image.getCvFrame() if self._colour else image.getFrame()[: image.getHeight(), : image.getWidth()]
        start = middle - exposed // 2
        return Frame(
            array,
            "bgr8" if self._colour else "mono8",
            start,
            2 * middle - start,
            self._table.focus(position),
        )

    def close(self):
        device, self._device = self._device, None
        self._images = self._control = None
        if device is not None:
            try:
                device.close()
            except FAULTS:
                # It is gone already.
                pass


if __name__ == "__main__":
    sys.exit(run("oak_bridge", OakCamera))
