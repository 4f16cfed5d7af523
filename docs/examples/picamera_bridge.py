#!/usr/bin/env python3
"""An example bridge for the Raspberry Pi Camera Module 3, whose lens libcamera sets and reports.

It needs picamera2 (Raspberry Pi OS). Topics and common parameters: camera_bridge.py. Those of this camera:
~camera (0), ~width and ~height (1280 x 720), ~rate (30 Hz), ~colour (false: luma only, which is all the depth
node needs), ~sensor_timestamp (readout) and ~readout (0 s), see below. ~gain is the analogue gain.

**Lens.** `LensPosition` is "the reciprocal of the focal distance in metres" and is reported "for each frame"
(libcamera, src/libcamera/control_ids_core.yaml). It is published as focus, in dioptres, and as lens power. It is
nominal: the voice coil has no sensor, and its zero differs from module to module, with temperature and with the
direction of gravity (raspberrypi/picamera2 issue 1127). For metric depth calibrate it, pass the camera file to the
depth node, and set ~calibrated and its ~power_gain and ~power_offset.

**Settled.** The control takes effect some frames later. Raspberry Pi's pipeline reports the position as soon as it
has told the lens (src/ipa/rpi/controller/af.cpp: "we ought to perform some precise timing here"), when the first
frame that reports it has been exposed already. So that frame is not settled, nor is one that begins less than
~settle after it. How long this lens rings is not published; look at FocusFoM over ~settle.

**Stamp.** `SensorTimestamp` is in nanoseconds of CLOCK_BOOTTIME, converted by reading both clocks at each frame.
libcamera defines it as the time "when the first row of the image sensor active array is exposed"; the maintainers of
picamera2 say that on the Raspberry Pi it is taken when the first row arrives, at the end of its exposure
(raspberrypi/picamera2 issue 821). ~sensor_timestamp: readout takes their word; exposure takes the definition's. The
stamp is mid-exposure of the first row plus half of ~readout, the time from the first row to the last, which depends
on the sensor mode and is not reported. A wrong choice shifts stamps by the exposure time; lens readings have the same
stamps, so it matters only against other sensors.

Not verified on a device: by how many frames the report is ahead of the lens (read from
src/ipa/rpi/common/ipa_base.cpp, not measured), and that stop() returns after a frontend timeout of the pipeline.
"""

import concurrent.futures
import sys
import time

from bridge import Frame, clock_offset, reported
from camera_bridge import Exposure, run

TIMEOUTS = (concurrent.futures.TimeoutError, TimeoutError)
FAULTS = (RuntimeError, OSError, IndexError, KeyError) + TIMEOUTS


class PiCamera:
    """A camera of picamera2."""

    # The position is reported early, if anything.
    reports_late = False

    def __init__(self, parameters, settings):
        # Imported here, so that a missing module is a sentence in the log.
        try:
            import picamera2
            from libcamera import controls
        except ImportError as fault:
            raise ImportError("picamera2 is missing (%s); install python3-picamera2" % fault) from None
        self._module = picamera2
        self._manual = controls.AfModeEnum.Manual
        self._number = parameters.whole("~camera", 0)
        self._size = (parameters.whole("~width", 1280, 32, 8192), parameters.whole("~height", 720, 32, 8192))
        self._period = int(1e6 / parameters.number("~rate", 30.0, 0.1, 240))
        self._colour = parameters.flag("~colour", False)
        self._ends = parameters.choice("~sensor_timestamp", "readout", ("readout", "exposure")) == "readout"
        self._readout = int(1e9 * parameters.number("~readout", 0.0, 0, 1))
        self._exposure = Exposure(parameters)
        self._park = settings.park_power()
        self._camera = None
        self._job = None

    def open(self):
        with reported("opening the camera", *FAULTS):
            self._camera = self._module.Picamera2(self._number)
        if "LensPosition" not in self._camera.camera_controls:
            raise ValueError("the camera has no LensPosition; expected one with a lens, as Camera Module 3")
        controls = {
            "AfMode": self._manual,
            "LensPosition": float(self._park),
            "FrameDurationLimits": (self._period, self._period),
        }
        exposure = self._exposure
        if exposure.seconds:
            controls.update(
                AeEnable=False,
                AwbEnable=False,
                ExposureTime=int(1e6 * exposure.seconds),
                AnalogueGain=exposure.gain,
            )
        with reported("configuring the camera", *FAULTS):
            # "RGB888" is three bytes B, G, R in memory (Picamera2 manual, appendix A).
            main = {"size": self._size, "format": "RGB888" if self._colour else "YUV420"}
            self._camera.configure(self._camera.create_video_configuration(main=main, controls=controls))
            self._camera.start()
        if exposure.found:
            self._fix_exposure()

    def _fix_exposure(self):
        until = time.monotonic() + self._exposure.SECONDS_TO_FIND
        found = None
        while time.monotonic() < until:
            with reported("finding the exposure", *FAULTS):
                self._job = self._camera.capture_request(wait=False)
                request = self._job.get_result(timeout=5)
                self._job = None
                found = request.get_metadata()
                request.release()
        fixed = {"AeEnable": False, "AwbEnable": False}
        fixed.update((name, found[name]) for name in ("ExposureTime", "AnalogueGain", "ColourGains") if name in found)
        with reported("fixing the exposure", *FAULTS):
            self._camera.set_controls(fixed)

    def limits(self):
        low, high = self._camera.camera_controls["LensPosition"][:2]
        return float(low), float(high)

    def command(self, power):
        with reported("setting LensPosition", *FAULTS):
            self._camera.set_controls({"LensPosition": float(power)})
        return power

    def frame(self):
        with reported("capturing a frame", *FAULTS):
            if self._job is None:
                self._job = self._camera.capture_request(wait=False)
            try:
                request = self._job.get_result(timeout=0.2)
            except TIMEOUTS:
                return None
            self._job = None
            try:
                metadata = request.get_metadata()
                array = request.make_array("main")
            finally:
                # The camera has few buffers, and stops without them.
                request.release()
            return self._frame(metadata, array)

    def _frame(self, metadata, array):
        offset, _ = clock_offset(lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME))
        stamp = metadata["SensorTimestamp"] + offset
        exposed = 1000 * metadata["ExposureTime"]
        start = stamp - exposed if self._ends else stamp
        width, height = self._camera.camera_configuration()["main"]["size"]
        if not self._colour:
            # The luma rows come first; rows may be padded.
            array = array[:height, :width]
        return Frame(
            array,
            "bgr8" if self._colour else "mono8",
            start,
            start + exposed + self._readout,
            metadata["LensPosition"],
            sharpness=metadata.get("FocusFoM"),
        )

    def close(self):
        camera, self._camera = self._camera, None
        job, self._job = self._job, None
        if camera is None:
            return
        try:
            if job is not None:
                # A job that waits for a frame would hold up stop().
                camera.cancel_all_and_flush()
            camera.stop()
            camera.close()
        except FAULTS:
            # It is gone already.
            pass


if __name__ == "__main__":
    sys.exit(run("picamera_bridge", PiCamera))
