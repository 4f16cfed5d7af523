"""For tests of the example bridges without ROS: finds them and the stand-ins of the vendors' modules, and runs them."""

import importlib
import math
import pathlib
import sys
import time
import types

HERE = pathlib.Path(__file__).resolve().parent
# A test imports the examples as their users run them: from their own folder.
sys.path[:0] = [str(HERE.parents[2] / "docs" / "examples"), str(HERE / "vendor")]
sys.dont_write_bytecode = True

import camera_bridge  # noqa: E402
import stand_in  # noqa: E402
from bridge import Parameters  # noqa: E402


# Settings that all bridges take, fast enough for a test.
FAST = {
    "width": 64,
    "height": 48,
    "rate": 100,
    "planes": 4,
    "farthest": 1.0,
    "nearest": 10.0,
    "exposure": 0.004,
    "silence": 0.3,
    "retry": 0.05,
    "settle": 0.05,
}


def module(name):
    return importlib.import_module(name)


def parameters(values):
    """Returns Parameters of a dictionary whose names have no tilde."""
    return Parameters(lambda name, default=None: values.get(name.lstrip("~"), default))


def fate(**environment):
    """Sets what happens to the device from now on; see stand_in."""
    stand_in.fate.__init__({"STAND_IN_" + name.upper(): str(value) for name, value in environment.items()})


class Log:
    def __init__(self):
        self.lines = []

    def _line(self, text):
        self.lines.append(text)

    debug = info = warn = error = _line

    def __contains__(self, part):
        return any(part in line for line in self.lines)


def published(frame, command, settled, direction):
    return types.SimpleNamespace(frame=frame, command=command, settled=settled, direction=direction)


def run(make, values, frames, calibrated=False):
    """Runs a bridge until so many frames are published; returns them and its Log."""
    given = parameters(values)
    settings = camera_bridge.Settings(given, calibrated)
    camera = make(given, settings)
    log = Log()
    out = []
    camera_bridge.sweep_forever(
        camera, settings, lambda *args: out.append(published(*args)), log, lambda: len(out) >= frames
    )
    return out, log


def untrue(out, truth, tolerance):
    """Returns the settled frames whose picture contradicts their reading, and the unsettled ones."""

    def wrong(item):
        return abs(truth(item.frame.image.flat[0]) - item.frame.power) > tolerance

    return (
        [item for item in out if item.settled and wrong(item)],
        [item for item in out if not item.settled and wrong(item)],
    )


def greys(camera):
    """Returns the greys of the newest frames of an open camera, which it closes."""
    frames = [frame for frame in (camera.frame() for _ in range(30)) if frame is not None]
    camera.close()
    return {frame.image.flat[0] for frame in frames[-10:]}


class FreeRunningTests:
    """For a unittest.TestCase with run_bridge(frames), of a camera whose driver stamps its frames itself."""

    def test_stamps_are_mid_exposure(self):
        before = time.time_ns()
        out, _ = self.run_bridge(20)
        stamps = [item.frame.stamp for item in out]
        self.assertEqual(stamps, sorted(set(stamps)))
        self.assertTrue(before - 10**9 < stamps[0] < stamps[-1] < time.time_ns())
        self.assertEqual({item.frame.end - item.frame.start for item in out}, {4000000})

    def test_colour_has_three_bytes(self):
        out, _ = self.run_bridge(3, colour=True)
        self.assertEqual((out[0].frame.encoding, out[0].frame.image.shape), ("bgr8", (48, 64, 3)))


def message():
    """Returns what stands for an empty ROS message."""
    stamp = types.SimpleNamespace(secs=0, nsecs=0)
    return types.SimpleNamespace(header=types.SimpleNamespace(stamp=stamp, frame_id=""))


NAN = math.nan
