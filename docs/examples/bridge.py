"""What the example bridges share: parameters, sweep, settling of the lens, stamps, messages.

lens_bridge.py drives a lens alone; the bridges of cameras that report their lens (picamera_bridge.py,
oak_bridge.py, basler_bridge.py) also share the loop in camera_bridge.py. Nothing here needs ROS.
"""

import contextlib
import math
import time

UNKNOWN_PLANE = 65535  # LensState.plane_index
NANOS = 1000000000


class BridgeError(Exception):
    """A device does not do what it should, in words for the log. Trying again may help."""


@contextlib.contextmanager
def reported(action, *kinds):
    """Turns a vendor's exceptions of these kinds into BridgeErrors that say what failed."""
    try:
        yield
    except kinds as fault:
        raise BridgeError("%s failed: %s" % (action, str(fault) or type(fault).__name__)) from None


class Parameters:
    """Private parameters with checks; `get` is rospy.get_param or a substitute. Raises ValueError."""

    def __init__(self, get):
        self._get = get

    def number(self, name, default, lowest=-math.inf, highest=math.inf):
        found = self._get(name, default)
        try:
            value = float(found)
        except (TypeError, ValueError):
            value = math.nan
        if isinstance(found, bool) or not lowest <= value <= highest or math.isinf(value):
            raise ValueError("%s is %r; expected a number%s" % (name, found, span(lowest, highest)))
        return value

    def whole(self, name, default, lowest=0, highest=math.inf):
        found = self._get(name, default)
        try:
            value = int(found)
            sound = value == float(found) and not isinstance(found, bool)
        except (TypeError, ValueError, OverflowError):
            sound = False
        if not sound or not lowest <= value <= highest:
            raise ValueError("%s is %r; expected a whole number%s" % (name, found, span(lowest, highest)))
        return value

    def flag(self, name, default):
        found = self._get(name, default)
        if not isinstance(found, bool):
            raise ValueError("%s is %r; expected true or false" % (name, found))
        return found

    def value(self, name, default):
        """Returns it unchecked, such as a list."""
        return self._get(name, default)

    def text(self, name, default):
        return str(self._get(name, default))

    def choice(self, name, default, choices):
        found = self.text(name, default)
        if found not in choices:
            raise ValueError("%s is %r; expected %s" % (name, found, " or ".join(choices)))
        return found

    def names(self, name, default):
        """Returns names separated by commas: the first that a device knows is used."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]


def span(lowest, highest):
    if math.isinf(highest):
        return "" if math.isinf(lowest) else " from %g" % lowest
    return " from %g to %g" % (lowest, highest)


class Planes:
    """Planes of a sweep from far to near, evenly spaced in dioptres of focus."""

    def __init__(self, planes, farthest, nearest):
        if planes < 2 or not 0 <= farthest < nearest:
            raise ValueError(
                "found %d planes from %g to %g dioptres; expected at least 2, and farthest below nearest"
                % (planes, farthest, nearest)
            )
        self.planes = planes
        self._farthest = farthest
        self._step = (nearest - farthest) / (planes - 1)

    @classmethod
    def read(cls, parameters, *more):
        """Creates the planes of ~planes, ~farthest and ~nearest; these must be those of the depth node."""
        return cls(
            parameters.whole("~planes", 10, 2, 64),
            parameters.number("~farthest", 1 / 0.60, 0, 100),
            parameters.number("~nearest", 1 / 0.10, 0, 100),
            *more
        )

    def focus(self, plane):
        return self._farthest + plane * self._step


class PowerLaw:
    """The law of the camera file: focus = gain x lens power + offset."""

    def __init__(self, gain, offset):
        if gain == 0:
            raise ValueError("~power_gain is 0; expected another number")
        self.gain = gain
        self._offset = offset

    @classmethod
    def read(cls, parameters):
        return cls(parameters.number("~power_gain", 1.0), parameters.number("~power_offset", 0.0))

    def power(self, focus):
        return (focus - self._offset) / self.gain

    def focus(self, power):
        return self.gain * power + self._offset


class Steps:
    """Which plane is commanded, frame by frame.

    step: far to near and again; the next plane after `dwell` settled frames, so that the lens sets the pace.
    saw: the same planes, each for `dwell` frames whether settled or not. triangle: the same, and back.
    A plane that has not settled after `patience` frames is given up.
    """

    PATTERNS = ("step", "saw", "triangle")

    def __init__(self, planes, pattern, dwell, patience=90):
        self._planes = planes
        self._pattern = pattern
        self._dwell = dwell
        self._patience = patience
        self._count = 0
        self._good = 0
        self._seen = 0
        self.gave_up = False

    @property
    def plane(self):
        turn = self._planes - 1
        if self._pattern == "triangle":
            back = self._count % (2 * turn)
            return back if back <= turn else 2 * turn - back
        return self._count % self._planes

    @property
    def sweep(self):
        return self._count // (self._planes - 1 if self._pattern == "triangle" else self._planes)

    def frame(self, settled):
        """Counts a frame, `settled` on the commanded plane or not; returns whether the next plane is due."""
        self._seen += 1
        self._good += settled
        count = self._good if self._pattern == "step" else self._seen
        if count < self._dwell and self._seen < self._patience:
            return False
        self.gave_up = self._pattern == "step" and self._good == 0
        self._count += 1
        self._good = self._seen = 0
        return True


class Frame:
    """An image with what its device says of it.

    Times are nanoseconds of CLOCK_REALTIME; `power` is the lens reading, dioptres. `held_since` is when the lens
    came to rest, if the device knows, and `sharpness` the device's own measure, or None.
    """

    def __init__(self, image, encoding, start, end, power, held_since=None, temperature=math.nan, sharpness=None):
        self.image = image
        self.encoding = encoding
        self.start = start
        self.end = end
        self.power = power
        self.held_since = held_since
        self.temperature = temperature
        self.sharpness = sharpness

    @property
    def stamp(self):
        """Mid-exposure."""
        return (self.start + self.end) // 2


class Settling:
    """Says of each frame which command its reading fulfils, and whether the lens was at rest.

    Devices report a lens position with the frame once the lens was told to go there: before it is there, or even
    when the frame was exposed already. A frame is therefore settled only if an earlier frame had the same reading
    and ended at least `settle` seconds before this one began.

    If `reports_late`, a reading may also be that of a command before: a frame that shows a former command is
    settled only if it ended before the newest was sent.
    """

    def __init__(self, tolerance, settle, reports_late=False):
        self._tolerance = tolerance
        self._settle = int(settle * NANOS)
        self._reports_late = reports_late
        self._commands = []
        self._power = math.nan
        self._since = 0

    def command(self, power, plane, sweep, now):
        # Frames on their way still show former commands; no device is more than a few behind.
        self._commands = self._commands[-7:] + [(power, plane, sweep, now)]

    def frame(self, frame):
        """Returns plane and sweep of the command, or None while the lens is between, and whether settled."""
        if not abs(frame.power - self._power) <= self._tolerance:
            self._power, self._since = frame.power, frame.end
        since = self._since if frame.held_since is None else frame.held_since
        for command in reversed(self._commands):
            power, plane, sweep, _ = command
            if abs(frame.power - power) <= self._tolerance:
                newest = self._commands[-1]
                doubtful = self._reports_late and command is not newest and frame.end > newest[3]
                return (plane, sweep), frame.start >= since + self._settle and not doubtful
        return None, False


def clock_offset(read, now=time.time_ns, tries=5):
    """Returns CLOCK_REALTIME minus the clock of `read`, and by how much it may be wrong, both ns.

    The other clock is read between two looks at ours; of several tries the shortest says the most.
    """
    shortest = None
    for _ in range(tries):
        before = now()
        there = read()
        after = now()
        # Our clock may be set back in between.
        if after >= before and (shortest is None or after - before < shortest[1] - shortest[0]):
            shortest = (before, after, there)
    if shortest is None:
        raise BridgeError("the clock of this computer goes back")
    before, after, there = shortest
    return (before + after) // 2 - there, (after - before + 1) // 2


def fill_header(message, nanos, frame_id):
    message.header.stamp.secs, message.header.stamp.nsecs = divmod(nanos, NANOS)
    message.header.frame_id = frame_id
    return message


def fill_state(state, power, focus, temperature, command, settled, direction):
    """Fills a LensState but for its header; `command` is (plane, sweep), or None if unknown."""
    state.lens_power_dioptres = power
    state.focus_dioptres = focus
    state.temperature_celsius = temperature
    state.settled = settled
    state.plane_index, state.sweep_id = command or (UNKNOWN_PLANE, 0)
    # Direction 0: constant until the next reading; otherwise interpolated.
    state.direction = 0 if settled else direction
    return state


def fill_image(message, array, encoding):
    """Fills an Image of 8 or 16 bits but for its header."""
    message.height, message.width = array.shape[:2]
    message.encoding = encoding
    message.is_bigendian = 0
    message.step = array.nbytes // array.shape[0]
    message.data = array.tobytes()
    return message


def read_camera_file(url):
    """Returns a file of camera_calibration, extended or not, as a dictionary; the URL begins with file://."""
    import yaml

    if not url.startswith("file://"):
        raise ValueError("~camera_info_url is %r; expected file:///PATH" % url)
    try:
        with open(url[len("file://") :], encoding="utf-8") as file:
            camera = yaml.safe_load(file)
        return {
            "width": int(camera["image_width"]),
            "height": int(camera["image_height"]),
            "distortion_model": str(camera["distortion_model"]),
            "D": [float(number) for number in camera["distortion_coefficients"]["data"]],
            "K": [float(number) for number in camera["camera_matrix"]["data"]],
            "R": [float(number) for number in camera["rectification_matrix"]["data"]],
            "P": [float(number) for number in camera["projection_matrix"]["data"]],
        }
    except (OSError, yaml.YAMLError, TypeError, ValueError, KeyError) as fault:
        raise ValueError("~camera_info_url %s can't be read: %s" % (url, fault)) from None
