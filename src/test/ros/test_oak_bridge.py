"""The bridge of OAK cameras with a stand-in of depthai."""

import unittest

import examples

oak_bridge = examples.module("oak_bridge")
TABLE = [[20, 0.0], [220, 10.0]]
FAST = dict(examples.FAST, gain=400, lens_table=TABLE)


def truth(grey):
    return oak_bridge.LensTable(TABLE).focus(float(grey))


class LensTableTest(unittest.TestCase):
    def test_two_points_are_a_line(self):
        table = oak_bridge.LensTable(TABLE)
        self.assertEqual((table.focus(120), table.position(5.0), table.limits()), (5.0, 120, (0.0, 10.0)))

    def test_more_points_are_joined(self):
        table = oak_bridge.LensTable([[255, 12.0], [100, 0.0], [200, 4.0]])
        self.assertEqual([table.focus(position) for position in (100, 150, 200, 255)], [0, 2, 4, 12])
        for position in range(100, 256):
            self.assertEqual(table.position(table.focus(position)), position)

    def test_may_fall(self):
        table = oak_bridge.LensTable([[0, 10.0], [200, 0.0]])
        self.assertEqual((table.position(10.0), table.position(2.5), table.limits()), (0, 150, (0.0, 10.0)))

    def test_is_required_and_says_why(self):
        for points in ([], [[120, 0.0]], None, "120:0", [[1, 2, 3], [4, 5, 6]], [[10, 0], [10, 5]], [[0, 1], [9, 1]]):
            with self.assertRaisesRegex(ValueError, "expected at least two pairs .* only you can measure"):
                oak_bridge.LensTable(points)
        for points in ([[0, 1], [100, 5], [200, 3]], [[-1, 0], [200, 5]], [[0, 0], [256, 5]]):
            with self.assertRaisesRegex(ValueError, "expected at least two pairs"):
                oak_bridge.LensTable(points)


class OakCameraTest(examples.FreeRunningTests, unittest.TestCase):
    def setUp(self):
        examples.fate()

    def run_bridge(self, frames=100, **more):
        return examples.run(oak_bridge.OakCamera, dict(FAST, **more), frames)

    def test_settled_frames_show_what_they_say(self):
        out, log = self.run_bridge(160)
        self.assertEqual({item.command[0] for item in out if item.settled}, {0, 1, 2, 3})
        wrong, moving = examples.untrue(out, truth, 0.15)
        self.assertEqual(wrong, [])
        # The stand-in's lens position is a frame behind its lens.
        self.assertGreater(len(moving), 3)
        self.assertIn("connected", log)

    def test_connects_again_after_a_link_error(self):
        examples.fate(**{"break": 20, "absent": 2})
        out, log = self.run_bridge(60)
        self.assertEqual(len(out), 60)
        self.assertIn("reading the image queue failed: Communication exception", log)
        self.assertIn("opening the OAK camera failed: No available devices; trying again in 0.1 s", log)

    def test_fixes_the_exposure_it_finds(self):
        oak_bridge.Exposure.SECONDS_TO_FIND = 0.1
        self.addCleanup(setattr, oak_bridge.Exposure, "SECONDS_TO_FIND", 1.0)
        for automatic, greys in ((False, 1), (True, 3)):
            given = examples.parameters(dict(FAST, exposure=0, gain=0, auto_exposure=automatic))
            camera = oak_bridge.OakCamera(given, examples.camera_bridge.Settings(given))
            camera.open()
            self.assertEqual(len(examples.greys(camera)), greys)

    def test_refuses_planes_of_one_position(self):
        with self.assertRaisesRegex(ValueError, "~planes is 40, whose lens positions .* expected different ones"):
            self.run_bridge(planes=40, nearest=2.0)

    def test_refuses_a_fixed_focus(self):
        given = examples.parameters(FAST)
        camera = oak_bridge.OakCamera(given, examples.camera_bridge.Settings(given))
        image = examples.module("depthai").ImgFrame(0, 1.0, 1.004, -1, 0, (64, 48))
        with self.assertRaisesRegex(ValueError, "reports no lens position"):
            camera._frame(image)

    def test_refuses_wrong_names(self):
        with self.assertRaisesRegex(ValueError, "~socket is 'LEFT'; expected a name of depthai, such as CAM_A"):
            self.run_bridge(socket="LEFT")

    def test_refuses_other_versions(self):
        depthai = examples.module("depthai")
        offset = depthai.CameraExposureOffset
        self.addCleanup(setattr, depthai, "CameraExposureOffset", offset)
        del depthai.CameraExposureOffset
        with self.assertRaisesRegex(ImportError, "depthai 2.30.0.0 is not supported"):
            self.run_bridge()


if __name__ == "__main__":
    unittest.main()
