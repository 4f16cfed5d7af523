"""The example lens bridge without ROS: its sweep, its simulated lens, its serial line on a pty."""

import math
import os
import pty
import threading
import unittest

import examples

lens_bridge = examples.module("lens_bridge")


class SweepTest(unittest.TestCase):
    def test_runs_far_to_near_and_begins_again(self):
        sweep = lens_bridge.Sweep(4, 1.0, 4.0, 10)
        self.assertEqual([sweep.at(t / 10 + 0.01)[1] for t in range(6)], [0, 1, 2, 3, 0, 1])
        self.assertEqual(sweep.at(0.95), (2, 1))
        self.assertEqual([sweep.focus(plane) for plane in range(4)], [1, 2, 3, 4])

    def test_rejects_invalid_sweeps(self):
        for arguments in ((1, 1, 2, 5), (5, 2, 2, 5), (5, -1, 2, 5)):
            with self.assertRaisesRegex(ValueError, "expected at least 2"):
                lens_bridge.Sweep(*arguments)
        with self.assertRaisesRegex(ValueError, "rate of 0 planes per second; expected above 0"):
            lens_bridge.Sweep(5, 1, 2, 0)


class SimulatedLensTest(unittest.TestCase):
    def test_approaches_its_command(self):
        now = [0.0]
        lens = lens_bridge.SimulatedLens(0.01, lambda: now[0])
        lens.set_power(4.0)
        now[0] = 0.01
        self.assertAlmostEqual(lens.read().power, 4 * (1 - math.exp(-1)))
        now[0] = 1.0
        self.assertAlmostEqual(lens.read().power, 4.0)


class Driver(threading.Thread):
    """A driver at the other end of a pty that sends the given answers."""

    def __init__(self, answers):
        super().__init__(daemon=True)
        self.here, there = pty.openpty()
        self.port = os.ttyname(there)
        self.there = there
        self.answers = answers
        self.heard = []

    def run(self):
        for answer in self.answers:
            heard = b""
            while not heard.endswith(b"\n"):
                heard += os.read(self.here, 100)
            self.heard.append(heard)
            if answer:
                os.write(self.here, answer)


class SerialLensTest(unittest.TestCase):
    def lens(self, *answers):
        self.driver = Driver(answers)
        self.driver.start()
        lens = lens_bridge.SerialLens(
            self.driver.port, 115200, lens_bridge.LineProtocol(), timeout=2
        )
        self.addCleanup(lens.close)
        return lens

    def test_sets_and_reads(self):
        lens = self.lens(b"OK\r\n", b"2.5012 31.5\r\n")
        lens.set_power(2.5)
        reading = lens.read()
        self.assertEqual((reading.power, reading.temperature), (2.5012, 31.5))
        self.assertEqual(self.driver.heard, [b"P 2.5000\n", b"R\n"])

    def test_reports_invalid_answers(self):
        with self.assertRaisesRegex(lens_bridge.LensError, "answered b'ERR 7' to a power"):
            self.lens(b"ERR 7\n").set_power(1)
        with self.assertRaisesRegex(lens_bridge.LensError, "answered b'hot' to R"):
            self.lens(b"hot\n").read()
        with self.assertRaisesRegex(lens_bridge.LensError, "is too long"):
            self.lens(b"x" * 300).read()

    def test_does_not_wait_forever(self):
        lens = self.lens(None)
        lens._timeout = 0.05
        with self.assertRaisesRegex(lens_bridge.LensError, "did not answer within 0.05 s"):
            lens.read()

    def test_rejects_invalid_ports(self):
        with self.assertRaisesRegex(lens_bridge.LensError, "can't be opened"):
            lens_bridge.SerialLens("/nonexistent", 115200, lens_bridge.LineProtocol())
        with self.assertRaisesRegex(lens_bridge.LensError, "baud is 7"):
            lens_bridge.SerialLens("/dev/null", 7, lens_bridge.LineProtocol())


if __name__ == "__main__":
    unittest.main()
