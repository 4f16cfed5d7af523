"""What the stand-ins of the vendors' modules share: a clock-driven camera in front of a lens that takes its time.

The picture is a uniform grey that encodes where the lens truly was at mid-exposure, so that a test can compare what
a bridge says with what is so. Environment of a process with stand-ins:

    STAND_IN_LOG     a file to which openings, closings and the position of the lens are appended
    STAND_IN_BREAK   the device breaks after so many frames, once
    STAND_IN_ABSENT  and cannot be opened so many times thereafter (1)
"""

import math
import os
import time

import numpy

LENS_SECONDS = 0.006  # time constant


class Gone(Exception):
    """The device does not answer; the stand-ins turn it into the vendor's kind of error."""


class Fate:
    """What happens to the device of this process, over all its connections."""

    def __init__(self, environment=os.environ):
        self.log = environment.get("STAND_IN_LOG", "")
        self.left = int(environment.get("STAND_IN_BREAK", "0")) or math.inf
        self.absent = int(environment.get("STAND_IN_ABSENT", "1"))
        self.broken = False

    def note(self, text):
        if self.log:
            with open(self.log, "a", encoding="utf-8") as file:
                file.write(text + "\n")

    def opened(self):
        """Raises Gone while the device is absent."""
        if self.broken:
            if self.absent > 0:
                self.absent -= 1
                raise Gone("device not found")
            self.broken = False
            self.left = math.inf
        self.note("opened")

    def frame(self):
        """Counts a frame; raises Gone from the fateful one on."""
        self.left -= 1
        if self.broken or self.left < 0:
            self.broken = True
            raise Gone("device lost")


fate = Fate()


class Lens:
    """A lens that approaches its command exponentially."""

    def __init__(self, position):
        self._moves = [(-math.inf, position, position)]

    def move(self, target, at):
        self._moves = self._moves[-50:] + [(at, self.position(at), target)]

    def position(self, at):
        for since, start, target in reversed(self._moves):
            if since <= at:
                break
        if since == -math.inf:
            return target
        return target + (start - target) * math.exp(-(at - since) / LENS_SECONDS)


class Frames:
    """Frames at a fixed rate; times are seconds of `clock`. The exposure is the end of each period."""

    def __init__(self, rate, exposure, clock=time.monotonic):
        self.period = 1 / rate
        self.exposure = min(exposure, self.period)
        self._clock = clock
        self._start = clock()
        self._given = -1
        self._count = 0

    def times(self, number):
        end = self._start + (number + 1) * self.period
        return end - self.exposure, end

    def current(self):
        """Returns the number of the frame whose period it is."""
        return int((self._clock() - self._start) / self.period)

    def wait(self, timeout):
        """Returns the number of the next frame when its exposure has ended, or None after `timeout`.

        Whoever is late misses frames, as with a camera of few buffers.
        """
        number = max(self._given + 1, self.current() - 1)
        left = self.times(number)[1] - self._clock()
        if left > timeout:
            time.sleep(timeout)
            return None
        time.sleep(max(left, 0))
        self._given = number
        self._count += 1
        return number

    def flicker(self, automatic):
        """Returns by how much automatic exposure changes the brightness: otherwise in each frame, or not at all."""
        return 1 + 0.1 * (self._count % 3) if automatic else 1


def picture(grey, width, height):
    """An image whose grey is the truth, rounded."""
    return numpy.full((height, width), min(max(int(round(grey)), 0), 255), numpy.uint8)
