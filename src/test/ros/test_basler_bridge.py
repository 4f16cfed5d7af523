"""The bridge of Basler cameras with a stand-in of pypylon."""

import math
import time
import unittest

import examples

basler_bridge = examples.module("basler_bridge")
pylon = examples.module("pypylon.pylon")
genicam = examples.module("pypylon.genicam")
FAST = dict(examples.FAST, gain=6, power_gain=1.0, power_offset=1.0)


def truth(grey):
    return (float(grey) - pylon.GREY_AT_ZERO) / pylon.GREY_PER_DIOPTRE


class BaslerCameraTest(unittest.TestCase):
    def setUp(self):
        examples.fate()

    def run_bridge(self, frames=100, **more):
        return examples.run(basler_bridge.BaslerCamera, dict(FAST, **more), frames, calibrated=True)

    def camera(self, **more):
        given = examples.parameters(dict(FAST, **more))
        return basler_bridge.BaslerCamera(given, examples.camera_bridge.Settings(given, True))

    def opened(self, **more):
        camera = self.camera(**more)
        self.addCleanup(camera.close)
        camera.open()
        return camera

    def test_settled_frames_show_what_they_say(self):
        out, _ = self.run_bridge()
        self.assertEqual({item.command[0] for item in out if item.settled}, {0, 1, 2, 3})
        self.assertEqual({round(item.frame.power, 6) for item in out if item.settled}, {0, 3, 6, 9})
        wrong, moving = examples.untrue(out, truth, 0.15)
        self.assertEqual(wrong, [])
        self.assertGreater(len(moving), 3)

    def test_a_power_set_during_the_exposure_unsettles_the_frame(self):
        camera = self.opened()
        camera._commands = [(0, 1.0), (1000, 2.0)]
        camera._tick, camera._offset = 1.0, 0

        def frame(start):
            chunks = {
                "BslChunkTimestampValue": genicam.Node(start, fixed=True),
                "ChunkExposureTime": genicam.Node(1.0, fixed=True),
            }
            return camera._frame(pylon.GrabResult(None, chunks, 0), None)

        self.assertEqual((frame(1100).power, frame(1100).held_since), (2.0, 1000))
        during = frame(500)
        self.assertEqual((during.power, during.start, during.end), (1.0, 500, 1500))
        self.assertGreater(during.held_since, during.start)

    def test_waits_for_a_lens_that_says_it_is_busy(self):
        camera = self.opened()
        status = genicam.Node("Busy", fixed=True)
        camera._status = status
        camera.command(3.0)
        time.sleep(0.02)
        frames = [camera.frame() for _ in range(3)]
        self.assertTrue(all(frame.held_since > frame.start for frame in frames))
        status._value = "NotBusy"
        camera.frame()
        time.sleep(0.02)
        frame = [camera.frame() for _ in range(3)][-1]
        self.assertLess(frame.held_since, frame.start)
        self.assertEqual(frame.power, 3.0)

    def test_stamps_are_mid_exposure_whichever_event_they_come_from(self):
        # 50 ms: wide enough for a busy computer; the camera's own clock is off by years.
        for more in ({}, {"timestamp_event": "ExposureEnd"}, {"timestamp": "ChunkTimestamp"}, {"timestamp": "Other"}):
            camera = self.opened(**more)
            frame = None
            while frame is None:
                frame = camera.frame()
            now = time.time_ns()
            self.assertEqual(frame.end - frame.start, 4000000)
            start, _ = camera._camera._frames.times(camera._camera._frames._given)
            expected = now - int(1e9 * (time.monotonic() - start)) + 2000000
            self.assertLess(abs(frame.stamp - expected), 50000000, more)
            camera.close()

    def test_exposure_end_is_half_an_exposure_after_the_stamp(self):
        starts = []
        for event in ("ExposureStart", "ExposureEnd"):
            camera = self.opened(timestamp_event=event)
            camera._camera._frames._start = math.floor(camera._camera._frames._start)
            camera._offset = 0
            frame = camera.frame()
            ticks = camera._camera._frames.times(camera._camera._frames._given)
            starts.append(frame.start - pylon.ticks(ticks[0]))
            camera.close()
        for start in starts:
            self.assertLess(abs(start), 2000)

    def test_connects_again_after_the_camera_was_removed(self):
        examples.fate(**{"break": 20, "absent": 2})
        out, log = self.run_bridge(60)
        self.assertEqual(len(out), 60)
        self.assertIn("grabbing a frame failed: The camera device has been physically removed", log)
        self.assertIn("opening the camera failed: No device is available", log)

    def test_fixes_the_exposure_it_finds(self):
        basler_bridge.Exposure.SECONDS_TO_FIND = 0.1
        self.addCleanup(setattr, basler_bridge.Exposure, "SECONDS_TO_FIND", 1.0)
        for automatic, greys in ((False, 1), (True, 3)):
            camera = self.opened(exposure=0, gain=0, auto_exposure=automatic)
            self.assertEqual(len(examples.greys(camera)), greys)

    def test_names_what_the_camera_lacks(self):
        camera = self.opened()
        nodes = camera._camera._nodes
        del nodes["FocalPower"]
        with self.assertRaisesRegex(basler_bridge.BridgeError, "no writable feature FocalPower; expected a liquid lens"):
            camera._find_lens()
        nodes["OpticControllerSelector"].Symbolics = ("Lens7",)
        with self.assertRaisesRegex(ValueError, "expected one of .'Lens7'"):
            camera._find_lens()
        del nodes["TimestampLatch"]
        with self.assertRaisesRegex(ValueError, "no TimestampLatch or GevTimestampControlLatch"):
            camera._read_clock(1)

    def test_takes_other_names_of_features(self):
        camera = self.camera(power_feature="LensPower, Vendor::Power", optic="OpticController0")
        original = pylon.InstantCamera.Open
        self.addCleanup(setattr, pylon.InstantCamera, "Open", original)

        def renamed(device):
            original(device)
            device._nodes["Vendor::Power"] = device._nodes.pop("FocalPower")
            device._nodes["OpticControllerSelector"] = genicam.Node(
                "OpticController0", names=("OpticController0", "OpticController1")
            )

        pylon.InstantCamera.Open = renamed
        self.addCleanup(camera.close)
        camera.open()
        self.assertEqual(camera.limits(), (pylon.LOWEST, pylon.HIGHEST))
        self.assertEqual(camera.command(3.14159), 3.14)

    def test_refuses_a_clock_that_is_read_too_slowly(self):
        camera = self.camera(clock_error=0.001)
        original = pylon.InstantCamera._latch
        self.addCleanup(setattr, pylon.InstantCamera, "_latch", original)
        pylon.InstantCamera._latch = lambda device: (time.sleep(0.005), original(device))
        self.addCleanup(camera.close)
        with self.assertRaisesRegex(basler_bridge.BridgeError, "clock can be read to .* s only; expected 0.001 s"):
            camera.open()

    def test_refuses_unknown_features(self):
        with self.assertRaisesRegex(ValueError, "~features has Colour, which can't be set"):
            self.run_bridge(features={"Colour": 1})
        with self.assertRaisesRegex(ValueError, "~features is 'x'; expected a dictionary"):
            self.run_bridge(features="x")

    def test_counts_failed_grabs_before_it_gives_up(self):
        camera = self.opened()
        result = pylon.GrabResult(examples.stand_in.picture(0, 6, 4))
        result.GrabSucceeded = lambda: False
        result.ErrorDescription = "The buffer was incompletely grabbed."
        camera._camera.RetrieveResult = lambda timeout, handling: result
        self.assertEqual([camera.frame() for _ in range(9)], [None] * 9)
        with self.assertRaisesRegex(basler_bridge.BridgeError, "incompletely grabbed"):
            camera.frame()


if __name__ == "__main__":
    unittest.main()
