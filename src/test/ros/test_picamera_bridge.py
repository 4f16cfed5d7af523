"""The bridge of the Raspberry Pi camera with a stand-in of picamera2."""

import time
import unittest

import examples
import picamera2

picamera_bridge = examples.module("picamera_bridge")
FAST = dict(examples.FAST, gain=2)


def truth(grey):
    return float(grey) / picamera2.GREY_PER_DIOPTRE


class PiCameraTest(examples.FreeRunningTests, unittest.TestCase):
    def setUp(self):
        examples.fate()

    def run_bridge(self, frames=100, **more):
        return examples.run(picamera_bridge.PiCamera, dict(FAST, **more), frames)

    def test_settled_frames_show_what_they_say(self):
        out, log = self.run_bridge()
        self.assertEqual({item.command[0] for item in out if item.settled}, {0, 1, 2, 3})
        wrong, moving = examples.untrue(out, truth, 0.15)
        self.assertEqual(wrong, [])
        # The metadata of the first frame of each position are ahead of the lens: not to be believed.
        self.assertGreater(len(moving), 3)
        self.assertIn("sharpest is plane 1 at 4 dioptres", log)

    def test_converts_the_sensor_timestamp_from_boot_time(self):
        camera = picamera_bridge.PiCamera(*self.made())
        camera.open()
        self.addCleanup(camera.close)
        array = picamera2.stand_in.picture(0, 96, 72)
        metadata = {"ExposureTime": 8000, "LensPosition": 2.0}
        metadata["SensorTimestamp"] = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        now = time.time_ns()
        # Within 50 ms even on a busy computer; a confusion of clocks is off by years.
        self.assertLess(abs(camera._frame(metadata, array).end - now), 50000000)

        self.addCleanup(setattr, picamera_bridge, "clock_offset", picamera_bridge.clock_offset)
        picamera_bridge.clock_offset = lambda read: (1000 * 10**9, 5)
        metadata["SensorTimestamp"] = 10**9
        frame = camera._frame(metadata, array)
        self.assertEqual((frame.start, frame.end), (1000992000000, 1001000000000))
        camera._readout = 10000000
        self.assertEqual(camera._frame(metadata, array).stamp, 1001001000000)
        camera._ends = False
        frame = camera._frame(metadata, array)
        self.assertEqual((frame.start, frame.end), (1001000000000, 1001018000000))
        # Rows may be padded, and colour follows the luma.
        self.assertEqual(frame.image.shape, (48, 64))

    def made(self, **more):
        given = examples.parameters(dict(FAST, **more))
        return given, examples.camera_bridge.Settings(given)

    def test_fixes_the_exposure_it_finds(self):
        picamera_bridge.Exposure.SECONDS_TO_FIND = 0.1
        self.addCleanup(setattr, picamera_bridge.Exposure, "SECONDS_TO_FIND", 1.0)
        for automatic, greys in ((False, 1), (True, 3)):
            camera = picamera_bridge.PiCamera(*self.made(exposure=0, gain=0, auto_exposure=automatic))
            camera.open()
            # The lens rests at 1 dioptre; automatic exposure of the stand-in has three levels.
            self.assertEqual(len(examples.greys(camera)), greys)

    def test_connects_again_when_frames_cease(self):
        examples.fate(**{"break": 20, "absent": 2})
        out, log = self.run_bridge(60)
        self.assertEqual(len(out), 60)
        self.assertIn("no frame has come for 0.3 s; trying again in 0.05 s", log)
        self.assertIn("opening the camera failed: Camera(s) not found", log)

    def test_refuses_planes_beyond_the_lens(self):
        with self.assertRaisesRegex(ValueError, "expected from 0 to 15, the range of the lens"):
            self.run_bridge(nearest=16.0)

    def test_refuses_a_camera_without_a_lens(self):
        class Fixed(picamera2.Picamera2):
            def __init__(self, number):
                super().__init__(number)
                del self.camera_controls["LensPosition"]

        module = type("module", (), {"Picamera2": Fixed})
        camera = picamera_bridge.PiCamera(*self.made())
        camera._module = module
        self.addCleanup(camera.close)
        with self.assertRaisesRegex(ValueError, "has no LensPosition"):
            camera.open()

    def test_refuses_wrong_parameters(self):
        with self.assertRaisesRegex(ValueError, "~sensor_timestamp is 'end'; expected readout or exposure"):
            self.run_bridge(sensor_timestamp="end")


if __name__ == "__main__":
    unittest.main()
