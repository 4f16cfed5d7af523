"""A stand-in of picamera2 with a Camera Module 3, for tests of picamera_bridge.py.

Names and semantics are those of raspberrypi/picamera2: picamera2/picamera2.py (Picamera2, capture_request,
cancel_all_and_flush), picamera2/request.py (CompletedRequest, make_array and its YUV420 of 1.5 times the height with
padded rows), picamera2/job.py (Job.get_result raises concurrent.futures.TimeoutError). The metadata are those of
raspberrypi/libcamera, src/ipa/rpi/common/ipa_base.cpp: a control takes effect CONTROL_DELAY frames after it was set;
the frame at which it does reports the new LensPosition, although the lens is told only when that frame has been
exposed. SensorTimestamp is when the first row arrives, after its exposure (picamera2 issue 821).

A broken camera delivers no more frames, as when the pipeline's frontend times out; a missing one raises RuntimeError.
"""

import concurrent.futures
import time

import numpy
import stand_in

CONTROL_DELAY = 2
LOWEST, HIGHEST, DEFAULT = 0.0, 15.0, 1.0
GREY_PER_DIOPTRE = 16
SHARP_AT = 4.0
PADDING = 32
# Boot time minus monotonic: the time that the computer slept, constant while it does not.
BOOT = min(time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic() for _ in range(100))
KNOWN = {
    "AfMode",
    "LensPosition",
    "FrameDurationLimits",
    "AeEnable",
    "AwbEnable",
    "ExposureTime",
    "AnalogueGain",
    "ColourGains",
}


class Job:
    def __init__(self, camera):
        self._camera = camera
        self._cancelled = False

    def get_result(self, timeout=None):
        if self._cancelled:
            raise concurrent.futures.CancelledError()
        request = self._camera._next(3600 if timeout is None else timeout)
        if request is None:
            raise concurrent.futures.TimeoutError()
        self._camera._jobs.remove(self)
        return request


class CompletedRequest:
    def __init__(self, camera, metadata, grey):
        self._camera = camera
        self._metadata = metadata
        self._grey = grey
        self._released = False

    def get_metadata(self):
        assert not self._released, "a released request was used"
        return self._metadata

    def make_array(self, name):
        assert not self._released and name == "main"
        main = self._camera.camera_configuration()["main"]
        width, height = main["size"]
        image = stand_in.picture(self._grey, width, height)
        if main["format"] == "RGB888":
            return numpy.dstack([image] * 3)
        array = numpy.full((height * 3 // 2, main["stride"]), 128, numpy.uint8)
        array[:height, :width] = image
        return array

    def release(self):
        assert not self._released, "a request was released twice"
        self._released = True
        self._camera._held -= 1


class Picamera2:
    _open = None

    def __init__(self, camera_num=0):
        if Picamera2._open is not None:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        try:
            stand_in.fate.opened()
        except stand_in.Gone:
            raise RuntimeError("Camera(s) not found (Do not forget to disable legacy camera with raspi-config).")
        Picamera2._open = self
        self.camera_controls = {name: (0, 1, 0) for name in KNOWN}
        self.camera_controls["LensPosition"] = (LOWEST, HIGHEST, DEFAULT)
        self._controls = {}
        self._pending = []
        self._jobs = []
        self._held = 0
        self._reported = DEFAULT
        self._lens = stand_in.Lens(DEFAULT)
        self._frames = None
        self._ended = 0

    def create_video_configuration(self, main=None, controls=None, buffer_count=6):
        assert main["format"] in ("YUV420", "RGB888"), main
        return {"main": dict(main), "controls": dict(controls or {}), "buffer_count": buffer_count}

    def configure(self, config):
        width, height = config["main"]["size"]
        stride = width * 3 if config["main"]["format"] == "RGB888" else width + PADDING
        config["main"].update(size=(width, height), stride=stride)
        self._config = config
        self.set_controls(config["controls"])

    def camera_configuration(self):
        return self._config

    def set_controls(self, controls):
        for name in controls:
            if name not in KNOWN:
                raise RuntimeError("Control %s is not advertised by libcamera" % name)
        effective = 0 if self._frames is None else self._frames.current() + CONTROL_DELAY
        self._pending.append((effective, dict(controls)))

    def start(self):
        for _, controls in self._pending:
            self._controls.update(controls)
        self._pending = []
        self._move(self._controls.get("LensPosition"), time.monotonic())
        period = self._controls["FrameDurationLimits"][0] / 1e6
        self._frames = stand_in.Frames(1 / period, min(0.004, period / 2))

    def _move(self, position, at):
        # Ignored unless AfMode is manual; clamped to the range.
        if position is not None and self._controls.get("AfMode") == 0:
            self._reported = min(max(position, LOWEST), HIGHEST)
            self._lens.move(self._reported, at)
            stand_in.fate.note("lens %.4f" % self._reported)

    def capture_request(self, wait=None, signal_function=None):
        job = Job(self)
        self._jobs.append(job)
        return job.get_result() if wait else job

    def _next(self, timeout):
        assert self._held < 6, "requests are not released"
        number = self._frames.wait(timeout)
        if number is None:
            return None
        try:
            stand_in.fate.frame()
        except stand_in.Gone:
            time.sleep(min(timeout, 0.1))
            return None
        start, end = self._frames.times(number)
        truth = self._lens.position((start + end) / 2)
        due = [controls for at, controls in self._pending if at <= number]
        self._pending = [entry for entry in self._pending if entry[0] > number]
        for controls in due:
            self._controls.update(controls)
            # The lens is told when this frame has been exposed; its metadata already say so.
            self._move(controls.get("LensPosition"), end + 0.001)
        self._held += 1
        bright = self._frames.flicker(self._controls.get("AeEnable", True))
        metadata = {
            "SensorTimestamp": int(1e9 * (end + BOOT)),
            "ExposureTime": int(1e6 * (end - start)),
            "AnalogueGain": self._controls.get("AnalogueGain", 2.0),
            "ColourGains": (1.5, 1.7),
            "LensPosition": self._reported,
            "FocusFoM": int(20000 / (1 + (truth - SHARP_AT) ** 2)),
        }
        return CompletedRequest(self, metadata, GREY_PER_DIOPTRE * truth * bright)

    def cancel_all_and_flush(self):
        for job in self._jobs:
            job._cancelled = True
        self._jobs = []

    def stop(self):
        # The real one waits for the jobs before it, for ever if they wait for frames that don't come.
        assert not self._jobs, "stop() hangs behind a job"

    def close(self):
        Picamera2._open = None
        stand_in.fate.note("closed")
