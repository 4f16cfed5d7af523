#!/usr/bin/env python3
"""An example lens bridge: sweeps a lens through its focus planes and publishes its readings.

The node commands one plane after the other, reads the lens several times per plane, and publishes each
reading as rackfocus_msgs/LensState on `lens_state`. A reading is stamped with the midpoint of the read;
it is `settled` if the lens is within ~tolerance of its command. `focus_dioptres` is NaN: the depth node
computes focus from the lens power with the gain and offset of its camera file.

By default the lens is simulated. With `~port` the node talks to a driver on a serial line through
`LineProtocol`: replace that class by the protocol of your driver.

Parameters: ~planes (10), ~farthest and ~nearest (1.6667 and 10 dioptres of focus), ~power_gain (1) and
~power_offset (0) as in the camera file, ~rate (15 planes per second), ~reads (10 readings per plane),
~tolerance (0.05 dioptres), ~port (empty: simulated), ~baud (115200).
"""

import math
import os
import select
import sys
import termios
import time

from bridge import BridgeError, Parameters, Planes, PowerLaw, fill_state


class LensError(BridgeError):
    """The driver does not respond or sends an invalid response."""


class Reading:
    """A reading of the lens: power in dioptres, temperature in Celsius (NaN: unknown)."""

    def __init__(self, power, temperature=math.nan):
        self.power = power
        self.temperature = temperature


class SimulatedLens:
    """A lens that approaches its command exponentially, like a well-damped liquid lens."""

    def __init__(self, time_constant=0.006, clock=time.monotonic):
        self._time_constant = time_constant
        self._clock = clock
        self._power = 0.0
        self._target = 0.0
        self._since = clock()

    def set_power(self, dioptres):
        self._power = self._now()
        self._target = dioptres
        self._since = self._clock()

    def read(self):
        return Reading(self._now(), 30.0)

    def close(self):
        pass

    def _now(self):
        left = math.exp(-(self._clock() - self._since) / self._time_constant)
        return self._target + (self._power - self._target) * left


class LineProtocol:
    """The protocol of the driver: one line of ASCII each way. Replace it by that of your driver.

    `P 2.500` sets the power, with response `OK`; `R` reads it, with response `power temperature`.
    """

    def set_power(self, dioptres):
        return b"P %.4f\n" % dioptres

    def check_set(self, answer):
        if answer != b"OK":
            raise LensError("the driver answered %r to a power; expected b'OK'" % answer)

    def read(self):
        return b"R\n"

    def parse_read(self, answer):
        try:
            power, temperature = (float(word) for word in answer.split())
        except ValueError:
            raise LensError("the driver answered %r to R; expected power and temperature" % answer)
        return Reading(power, temperature)


class SerialLens:
    """A driver on a serial line; raises LensError if it does not respond in time."""

    MAX_ANSWER_BYTES = 256

    def __init__(self, port, baud, protocol, timeout=0.2):
        self._protocol = protocol
        self._timeout = timeout
        self._pending = b""
        speed = getattr(termios, "B%d" % baud, None)
        if speed is None:
            raise LensError("~baud is %d; expected a serial line speed such as 115200" % baud)
        try:
            self._line = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            attributes = termios.tcgetattr(self._line)
        except (OSError, termios.error) as fault:
            raise LensError("~port %s can't be opened: %s" % (port, fault))
        # Raw, 8N1, no flow control.
        attributes[0:4] = [0, 0, termios.CS8 | termios.CREAD | termios.CLOCAL, 0]
        attributes[4:6] = [speed, speed]
        termios.tcsetattr(self._line, termios.TCSANOW, attributes)
        termios.tcflush(self._line, termios.TCIOFLUSH)

    def set_power(self, dioptres):
        self._protocol.check_set(self._ask(self._protocol.set_power(dioptres)))

    def read(self):
        return self._protocol.parse_read(self._ask(self._protocol.read()))

    def close(self):
        os.close(self._line)

    def _ask(self, question):
        self._pending = b""
        deadline = time.monotonic() + self._timeout
        try:
            os.write(self._line, question)
            while b"\n" not in self._pending:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([self._line], [], [], left)[0]:
                    raise LensError("the driver did not answer within %g s" % self._timeout)
                self._pending += os.read(self._line, self.MAX_ANSWER_BYTES)
                if len(self._pending) > self.MAX_ANSWER_BYTES:
                    raise LensError("the driver's answer is too long; expected a line")
        except OSError as fault:
            raise LensError("the driver's line broke: %s" % fault)
        return self._pending.split(b"\n", 1)[0].strip()


class Sweep(Planes):
    """The commands of a sweep by the clock: plane by plane from far to near, then back to the first."""

    def __init__(self, planes, farthest, nearest, rate):
        super().__init__(planes, farthest, nearest)
        if not rate > 0:
            raise ValueError("found a rate of %g planes per second; expected above 0" % rate)
        self._rate = rate

    def at(self, seconds):
        """Returns sweep and plane at a time since the start, seconds."""
        return divmod(int(seconds * self._rate), self.planes)


def make_lens(parameters):
    """Creates the configured lens."""
    port = parameters.text("~port", "")
    if not port:
        return SimulatedLens()
    return SerialLens(port, parameters.whole("~baud", 115200), LineProtocol())


def main():
    # Imported here so that the classes above can be used without ROS.
    import rospy
    from rackfocus_msgs.msg import LensState

    rospy.init_node("lens_bridge")
    parameters = Parameters(rospy.get_param)
    try:
        law = PowerLaw.read(parameters)
        tolerance = parameters.number("~tolerance", 0.05, 0, 10)
        rate = parameters.number("~rate", 15.0, 0, 1000)
        reads = parameters.whole("~reads", 10, 1, 1000)
        sweep = Sweep.read(parameters, rate)
        lens = make_lens(parameters)
    except (LensError, ValueError) as fault:
        rospy.logfatal("%s", fault)
        return 1
    publisher = rospy.Publisher("lens_state", LensState, queue_size=10)
    timer = rospy.Rate(rate * reads)
    start = rospy.Time.now()
    commanded = None
    target = 0.0
    direction = 0
    while not rospy.is_shutdown():
        try:
            now = sweep.at((rospy.Time.now() - start).to_sec())
            if now != commanded:
                before = target
                target = law.power(sweep.focus(now[1]))
                lens.set_power(target)
                direction = 1 if law.gain * (target - before) > 0 else -1
                commanded = now
            asked = rospy.Time.now()
            reading = lens.read()
            answered = rospy.Time.now()
        except LensError as fault:
            # The depth node counts frames without a reading; the driver may recover.
            rospy.logwarn_throttle(5, "%s" % fault)
            commanded = None
        else:
            state = LensState()
            state.header.stamp = asked + (answered - asked) / 2
            settled = abs(reading.power - target) <= tolerance
            command = (commanded[1], commanded[0])
            fill_state(state, reading.power, math.nan, reading.temperature, command, settled, direction)
            publisher.publish(state)
        try:
            timer.sleep()
        except rospy.ROSInterruptException:
            break
    lens.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
