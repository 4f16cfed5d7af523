"""What the example bridges share, without ROS: parameters, sweep patterns, settling, stamps, messages."""

import math
import os
import tempfile
import unittest

import examples
import numpy
from bridge import (
    UNKNOWN_PLANE,
    BridgeError,
    Frame,
    Planes,
    PowerLaw,
    Settling,
    Steps,
    clock_offset,
    fill_header,
    fill_image,
    fill_state,
    read_camera_file,
    reported,
)

MS = 1000000


class ParametersTest(unittest.TestCase):
    def test_reads_numbers_within_their_range(self):
        given = examples.parameters({"a": "2.5", "b": 3, "c": 4.0})
        self.assertEqual(given.number("~a", 1), 2.5)
        self.assertEqual((given.whole("~b", 1), given.whole("~c", 1), given.whole("~d", 7)), (3, 4, 7))

    def test_says_what_it_found_and_expected(self):
        wrong = {"x": "far", "n": 2.5, "t": True, "nan": math.nan, "inf": math.inf}
        given = examples.parameters(wrong)
        for call, text in (
            (lambda: given.number("~x", 1), "~x is 'far'; expected a number"),
            (lambda: given.number("~t", 1), "~t is True; expected a number"),
            (lambda: given.number("~nan", 1), "~nan is nan; expected a number"),
            (lambda: given.number("~inf", 1), "~inf is inf; expected a number"),
            (lambda: given.number("~n", 1, 3, 4), "~n is 2.5; expected a number from 3 to 4"),
            (lambda: given.whole("~n", 1, 1), "~n is 2.5; expected a whole number from 1"),
            (lambda: given.whole("~inf", 1), "~inf is inf; expected a whole number"),
            (lambda: given.flag("~n", False), "~n is 2.5; expected true or false"),
            (lambda: given.choice("~x", "near", ("near", "nearer")), "expected near or nearer"),
        ):
            with self.assertRaises(ValueError) as caught:
                call()
            self.assertIn(text, str(caught.exception))

    def test_reads_names(self):
        self.assertEqual(examples.parameters({}).names("~x", "One, Two ,"), ["One", "Two"])


class PlanesTest(unittest.TestCase):
    def test_are_evenly_spaced_from_far_to_near(self):
        planes = Planes(4, 1.0, 4.0)
        self.assertEqual([planes.focus(plane) for plane in range(4)], [1, 2, 3, 4])

    def test_are_refused_unless_sound(self):
        for arguments in ((1, 1, 2), (5, 2, 2), (5, -1, 2), (5, 3, 2)):
            with self.assertRaisesRegex(ValueError, "expected at least 2"):
                Planes(*arguments)

    def test_law_goes_both_ways(self):
        law = PowerLaw(2.0, 1.0)
        self.assertEqual((law.power(5.0), law.focus(2.0)), (2.0, 5.0))
        with self.assertRaisesRegex(ValueError, "power_gain is 0"):
            PowerLaw(0, 1)


class StepsTest(unittest.TestCase):
    def order(self, pattern, dwell, frames):
        steps = Steps(3, pattern, dwell)
        seen = []
        for _ in range(frames):
            seen.append((steps.sweep, steps.plane))
            steps.frame(True)
        return seen

    def test_saw_begins_again_at_the_far_end(self):
        self.assertEqual(self.order("saw", 1, 5), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)])
        self.assertEqual(self.order("saw", 2, 4), [(0, 0), (0, 0), (0, 1), (0, 1)])

    def test_triangle_turns_and_shows_the_end_planes_once(self):
        self.assertEqual(
            self.order("triangle", 1, 7), [(0, 0), (0, 1), (1, 2), (1, 1), (2, 0), (2, 1), (3, 2)]
        )

    def test_step_waits_until_settled(self):
        steps = Steps(3, "step", 2)
        due = [steps.frame(settled) for settled in (False, True, False, False, True)]
        self.assertEqual(due, [False, False, False, False, True])
        self.assertEqual((steps.plane, steps.gave_up), (1, False))

    def test_step_gives_up_a_plane_that_never_settles(self):
        steps = Steps(3, "step", 1, patience=4)
        self.assertEqual([steps.frame(False) for _ in range(4)], [False, False, False, True])
        self.assertEqual((steps.plane, steps.gave_up), (1, True))

    def test_saw_does_not_wait(self):
        steps = Steps(3, "saw", 2)
        self.assertEqual([steps.frame(False), steps.frame(False)], [False, True])
        self.assertFalse(steps.gave_up)


def frame(number, power, held_since=None):
    """Frame `number` of a camera with 20 ms of period and 5 ms of exposure."""
    start = number * 20 * MS
    return Frame(None, "mono8", start, start + 5 * MS, power, held_since=held_since)


class SettlingTest(unittest.TestCase):
    def test_the_first_frame_of_a_position_is_not_settled(self):
        settling = Settling(0.05, 0.030)
        settling.command(2.0, 4, 1, 0)
        # The report comes at 0; 30 ms after its end, at 35 ms, the lens counts as settled: from frame 2, at 40 ms.
        self.assertEqual(
            [settling.frame(frame(n, 2.0)) for n in range(3)],
            [((4, 1), False), ((4, 1), False), ((4, 1), True)],
        )

    def test_a_lens_between_its_commands_has_no_plane(self):
        settling = Settling(0.05, 0.0)
        settling.command(2.0, 0, 0, 0)
        settling.frame(frame(0, 2.0))
        settling.command(3.0, 1, 0, 0)
        self.assertEqual(settling.frame(frame(1, 2.6)), (None, False))
        self.assertEqual(settling.frame(frame(2, 3.0)), ((1, 0), False))
        self.assertEqual(settling.frame(frame(3, 3.0)), ((1, 0), True))

    def test_frames_on_their_way_belong_to_the_former_command(self):
        settling = Settling(0.05, 0.0)
        settling.command(2.0, 0, 0, 0)
        settling.frame(frame(0, 2.0))
        settling.command(3.0, 1, 0, 6 * MS)
        self.assertEqual(settling.frame(frame(1, 2.0)), ((0, 0), True))

    def test_unless_readings_may_be_late(self):
        settling = Settling(0.05, 0.0, reports_late=True)
        settling.command(2.0, 0, 0, 0)
        settling.frame(frame(0, 2.0))
        settling.command(3.0, 1, 0, 26 * MS)
        self.assertEqual(settling.frame(frame(1, 2.0)), ((0, 0), True))
        self.assertEqual(settling.frame(frame(2, 2.0)), ((0, 0), False))

    def test_believes_a_device_that_knows_when_the_lens_came_to_rest(self):
        settling = Settling(0.05, 0.010)
        settling.command(2.0, 0, 0, 0)
        self.assertEqual(settling.frame(frame(1, 2.0, held_since=9 * MS)), ((0, 0), True))
        self.assertEqual(settling.frame(frame(2, 2.0, held_since=31 * MS)), ((0, 0), False))

    def test_a_reading_that_is_no_number_is_never_settled(self):
        settling = Settling(0.05, 0.0)
        settling.command(2.0, 0, 0, 0)
        for number in range(3):
            self.assertEqual(settling.frame(frame(number, math.nan)), (None, False))


class ClockTest(unittest.TestCase):
    def test_the_shortest_look_counts(self):
        # Looks of 100, 10 and 30 ns; the other clock is 1000 behind.
        ours = iter([0, 100, 200, 210, 300, 330])
        theirs = iter([-990, -795, -690])
        self.assertEqual(clock_offset(lambda: next(theirs), lambda: next(ours), tries=3), (1000, 5))

    def test_ignores_a_look_in_which_our_clock_was_set_back(self):
        ours = iter([100, 50, 200, 210])
        theirs = iter([0, -795])
        self.assertEqual(clock_offset(lambda: next(theirs), lambda: next(ours), tries=2), (1000, 5))
        ours = iter([100, 50])
        with self.assertRaisesRegex(BridgeError, "goes back"):
            clock_offset(lambda: 0, lambda: next(ours), tries=1)


class MessagesTest(unittest.TestCase):
    def test_stamps_in_seconds_and_nanoseconds(self):
        message = fill_header(examples.message(), 1700000000123456789, "lens")
        stamp = message.header.stamp
        self.assertEqual((stamp.secs, stamp.nsecs, message.header.frame_id), (1700000000, 123456789, "lens"))

    def test_a_settled_lens_holds(self):
        state = fill_state(examples.message(), 2.0, 2.5, 30.0, (4, 7), True, -1)
        self.assertEqual((state.plane_index, state.sweep_id, state.direction, state.settled), (4, 7, 0, True))
        state = fill_state(examples.message(), 2.0, math.nan, 30.0, None, False, -1)
        self.assertEqual((state.plane_index, state.sweep_id, state.direction), (UNKNOWN_PLANE, 0, -1))

    def test_images_have_the_bytes_of_their_array(self):
        padded = numpy.arange(40, dtype=numpy.uint8).reshape(5, 8)
        image = fill_image(examples.message(), padded[:4, :6], "mono8")
        self.assertEqual((image.width, image.height, image.step, len(image.data)), (6, 4, 6, 24))
        self.assertEqual(list(image.data[:8]), [0, 1, 2, 3, 4, 5, 8, 9])
        image = fill_image(examples.message(), numpy.zeros((4, 6), numpy.uint16), "mono16")
        self.assertEqual((image.step, len(image.data)), (12, 48))
        image = fill_image(examples.message(), numpy.zeros((4, 6, 3), numpy.uint8), "bgr8")
        self.assertEqual((image.step, len(image.data)), (18, 72))


class CameraFileTest(unittest.TestCase):
    TEXT = """
image_width: 64
image_height: 48
camera_name: wrist
camera_matrix: {rows: 3, cols: 3, data: [70, 0, 32, 0, 70, 24, 0, 0, 1]}
distortion_model: plumb_bob
distortion_coefficients: {rows: 1, cols: 5, data: [-0.25, 0.1, 0, 0, 0]}
rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {rows: 3, cols: 4, data: [70, 0, 32, 0, 0, 70, 24, 0, 0, 0, 1, 0]}
power_gain: 0.98
"""

    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "camera.yaml")
            with open(path, "w") as file:
                file.write(text)
            return read_camera_file("file://" + path)

    def test_reads_calibrations_with_lines_for_the_lens(self):
        info = self.read(self.TEXT)
        self.assertEqual((info["width"], info["height"], info["K"][0], info["D"][0]), (64, 48, 70.0, -0.25))

    def test_says_what_is_wrong(self):
        for text in ("{", "[]", self.TEXT.replace("camera_matrix", "matrix"), self.TEXT.replace("48", "tall")):
            with self.assertRaisesRegex(ValueError, "camera_info_url file:.* can't be read"):
                self.read(text)
        with self.assertRaisesRegex(ValueError, "can't be read"):
            read_camera_file("file:///nonexistent.yaml")
        with self.assertRaisesRegex(ValueError, "expected file:///PATH"):
            read_camera_file("package://camera/wrist.yaml")


class ReportedTest(unittest.TestCase):
    def test_names_what_failed(self):
        with self.assertRaisesRegex(BridgeError, "^opening failed: no such device$"):
            with reported("opening", OSError):
                raise OSError("no such device")
        with self.assertRaisesRegex(BridgeError, "^opening failed: TimeoutError$"):
            with reported("opening", OSError):
                raise TimeoutError()
        with self.assertRaises(KeyError):
            with reported("opening", OSError):
                raise KeyError("a defect of the bridge")


if __name__ == "__main__":
    unittest.main()
