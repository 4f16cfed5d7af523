"""The loop of the camera bridges with a camera that does what a test wants: limits, faults, parking, publishing."""

import math
import types
import unittest

import examples
import numpy
from bridge import BridgeError, Frame
from camera_bridge import Exposure, Settings, publisher

MS = 1000000


class Camera:
    """A camera of 50 frames per second in a time of its own, whose lens is at once where it is sent."""

    reports_late = False

    def __init__(self, failing=(), stuck=False, absent=0):
        self.failing = set(failing)
        self.stuck = stuck
        self.absent = absent
        self.number = 0
        self.power = 0.0
        self.calls = []

    def open(self):
        self.calls.append("open")
        if self.absent > 0:
            self.absent -= 1
            raise BridgeError("opening failed: no such device")

    def limits(self):
        return 0.0, 12.0

    def command(self, power):
        self.calls.append(round(power, 3))
        if not self.stuck:
            self.power = power
        return power

    def frame(self):
        self.number += 1
        if self.number in self.failing:
            raise BridgeError("reading failed: gone")
        start = self.number * 20 * MS
        return Frame(numpy.zeros((4, 6), numpy.uint8), "mono8", start, start + 5 * MS, self.power)

    def close(self):
        self.calls.append("close")


FAST = {"planes": 3, "farthest": 1.0, "nearest": 3.0, "retry": 0.05}


class LoopTest(unittest.TestCase):
    def run_camera(self, camera, frames=20, **more):
        return examples.run(lambda parameters, settings: camera, dict(FAST, **more), frames)

    def test_steps_through_all_planes_and_parks_the_lens(self):
        camera = Camera()
        out, log = self.run_camera(camera, park=2.5)
        settled = [item.command for item in out if item.settled]
        self.assertEqual(settled[:6], [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)])
        self.assertEqual(camera.calls[:4], ["open", 1.0, 2.0, 3.0])
        self.assertEqual(camera.calls[-2:], [2.5, "close"])
        self.assertIn("connected; the lens sweeps 3 planes", log)

    def test_triangle_says_where_the_lens_goes(self):
        out, _ = self.run_camera(Camera(), pattern="triangle", dwell=1)
        planes = [item.command[0] for item in out]
        self.assertEqual(planes[:6], [0, 1, 2, 1, 0, 1])
        self.assertEqual([item.direction for item in out[1:6]], [1, 1, -1, -1, 1])
        self.assertFalse(any(item.settled for item in out))

    def test_a_lens_of_negative_gain_moves_the_other_way(self):
        camera = Camera()
        out, _ = self.run_camera(camera, pattern="saw", power_gain=-1.0, power_offset=4.0)
        self.assertEqual(camera.calls[1:4], [3.0, 2.0, 1.0])
        self.assertEqual(out[1].direction, 1)

    def test_connects_again_after_a_fault(self):
        camera = Camera(failing=(8,), absent=0)
        out, log = self.run_camera(camera)
        self.assertEqual(camera.calls.count("open"), 2)
        self.assertEqual(camera.calls.count("close"), 2)
        self.assertIn("reading failed: gone; trying again in 0.05 s", log)
        self.assertEqual(len(out), 20)

    def test_waits_longer_while_the_device_is_absent(self):
        _, log = self.run_camera(Camera(absent=3))
        waits = [line.rsplit(" ", 2)[1] for line in log.lines if "trying again" in line]
        self.assertEqual(waits, ["0.05", "0.1", "0.2"])

    def test_names_a_lens_that_does_not_move(self):
        _, log = self.run_camera(Camera(stuck=True), frames=12, patience=5)
        self.assertIn("sent to 1 dioptres and has not settled there in 5 frames; it reports 0", log)
        self.assertIn("does not report that it is parked", log)

    def test_refuses_planes_beyond_the_lens(self):
        camera = Camera()
        with self.assertRaisesRegex(ValueError, "from 1 to 13 dioptres; expected from 0 to 12"):
            self.run_camera(camera, nearest=13.0)
        with self.assertRaisesRegex(ValueError, "from 1 to 20 dioptres"):
            self.run_camera(Camera(), park=20)
        # The lens was not touched.
        self.assertEqual(camera.calls, ["open", "close"])

    def test_takes_silence_for_a_fault(self):
        camera = Camera()
        real = camera.frame
        camera.frame = lambda: None if camera.calls.count("open") == 1 else real()
        _, log = self.run_camera(camera, silence=0.1)
        self.assertIn("no frame has come for 0.1 s", log)


class PublisherTest(unittest.TestCase):
    def publish(self, **values):
        settings = Settings(examples.parameters(dict(FAST, **values)))
        order = []
        topics = [
            types.SimpleNamespace(publish=lambda message, name=name: order.append((name, message)))
            for name in ("state", "image", "info")
        ]
        settings.camera_info = values.get("info")
        send = publisher(settings, (examples.message,) * 3, topics)
        frame = Frame(numpy.zeros((4, 6), numpy.uint8), "mono8", 10**18, 10**18 + 5 * MS, 2.0)
        send(frame, (1, 9), True, 1)
        return order

    def test_sends_the_lens_state_first_with_the_stamp_of_mid_exposure(self):
        order = self.publish()
        self.assertEqual([name for name, _ in order], ["state", "image"])
        for _, message in order:
            stamp = message.header.stamp
            self.assertEqual((stamp.secs, stamp.nsecs), (10**9, 2500000))
        state = order[0][1]
        self.assertEqual((state.focus_dioptres, state.lens_power_dioptres, state.plane_index), (2.0, 2.0, 1))

    def test_leaves_focus_to_a_camera_file(self):
        self.assertTrue(math.isnan(self.publish(calibrated=True)[0][1].focus_dioptres))
        self.assertEqual(self.publish(power_gain=2.0, power_offset=0.5)[0][1].focus_dioptres, 4.5)

    def test_sends_a_calibration_only_if_there_is_one(self):
        info = {"width": 6, "height": 4, "K": [1.0] * 9}
        order = self.publish(info=info)
        self.assertEqual([name for name, _ in order], ["state", "info", "image"])
        self.assertEqual(order[1][1].K, [1.0] * 9)

    def test_refuses_a_calibration_of_other_images(self):
        with self.assertRaisesRegex(ValueError, "is for images of 640 x 480; the camera's are 6 x 4"):
            self.publish(info={"width": 640, "height": 480})


class ExposureTest(unittest.TestCase):
    def test_is_fixed_unless_asked_for(self):
        self.assertTrue(Exposure(examples.parameters({})).found)
        fixed = Exposure(examples.parameters({"exposure": 0.01, "gain": 2}))
        self.assertEqual((fixed.found, fixed.automatic, fixed.seconds, fixed.gain), (False, False, 0.01, 2))
        automatic = Exposure(examples.parameters({"auto_exposure": True}))
        self.assertEqual((automatic.found, automatic.automatic), (False, True))

    def test_refuses_contradictions(self):
        for values in ({"exposure": 0.01}, {"gain": 1}, {"exposure": 0.01, "gain": 1, "auto_exposure": True}):
            with self.assertRaisesRegex(ValueError, "expected"):
                Exposure(examples.parameters(values))


if __name__ == "__main__":
    unittest.main()
