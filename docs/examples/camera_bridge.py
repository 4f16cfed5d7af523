"""The loop of the bridges of cameras that report their lens: sweep, publish, connect again, park.

A camera class for `run` has these methods. All raise BridgeError if the device fails:

    open()           connects and starts the frames; raises ValueError if the parameters don't suit the device
    limits()         lowest and highest command, dioptres
    command(power)   sends the lens there, dioptres, and does not wait; returns the command as the device rounds it
    frame()          the next bridge.Frame in order, or None if none has come for a moment
    close()          stops the frames and lets the device go, whatever state it is in; raises nothing

and `reports_late`, see bridge.Settling. Each bridge publishes, with one and the same stamp, mid-exposure:
`lens_state` (rackfocus_msgs/LensState), `camera_info` (if ~camera_info_url is given) and `image_raw`.

Parameters of all these bridges:
  ~planes (10), ~farthest and ~nearest (1.6667 and 10 dioptres of focus): as sweep.* of the depth node
  ~pattern (step): step waits on each plane until the lens has settled; saw and triangle take ~dwell frames per
    plane, settled or not, triangle there and back
  ~dwell (1 frame per plane; settled ones with step), ~patience (90 frames until a plane is given up)
  ~tolerance (0.05 dioptres), ~settle (0.03 s): when the lens counts as settled
  ~park (the farthest plane; dioptres of focus): where the lens is left at the end
  ~power_gain (1), ~power_offset (0): as in the camera file; ~calibrated (depends on the camera): the depth node
    has that file, and focus is left to it
  ~camera_info_url (none): file:///PATH of a calibration
  ~frame_id (camera_optical_frame), ~silence (3 s without frames before connecting again), ~retry (1 s; doubled up
    to sixteen times while the device stays away)
  ~auto_exposure (false), ~exposure (s) and ~gain: see Exposure
"""

import contextlib
import math
import time

from bridge import (
    BridgeError,
    Parameters,
    Planes,
    PowerLaw,
    Settling,
    Steps,
    fill_header,
    fill_image,
    fill_state,
    read_camera_file,
)


class Settings:
    """The parameters that all camera bridges have; those of the camera itself are in its module."""

    def __init__(self, parameters, calibrated=False):
        self.planes = Planes.read(parameters)
        self.pattern = parameters.choice("~pattern", "step", Steps.PATTERNS)
        self.dwell = parameters.whole("~dwell", 1, 1, 1000)
        self.patience = max(parameters.whole("~patience", 90, 1, 100000), self.dwell)
        self.tolerance = parameters.number("~tolerance", 0.05, 0, 10)
        self.settle = parameters.number("~settle", 0.03, 0, 10)
        self.park = parameters.number("~park", self.planes.focus(0), 0, 100)
        self.law = PowerLaw.read(parameters)
        self.calibrated = parameters.flag("~calibrated", calibrated)
        self.frame_id = parameters.text("~frame_id", "camera_optical_frame")
        url = parameters.text("~camera_info_url", "")
        self.camera_info = read_camera_file(url) if url else None
        self.silence = parameters.number("~silence", 3.0, 0.1, 60)
        self.retry = parameters.number("~retry", 1.0, 0.05, 60)

    def power(self, plane):
        return self.law.power(self.planes.focus(plane))

    def park_power(self):
        return self.law.power(self.park)


class Exposure:
    """~auto_exposure, ~exposure (s) and ~gain (in the camera's unit), alike for all cameras.

    Unless ~auto_exposure is true, the exposure is fixed: by ~exposure and ~gain, or else at what the camera finds
    in its first second. Planes are compared pixel by pixel: one that is brighter would look sharper. White
    balance is fixed for the same reason.
    """

    SECONDS_TO_FIND = 1.0

    def __init__(self, parameters):
        self.automatic = parameters.flag("~auto_exposure", False)
        self.seconds = parameters.number("~exposure", 0.0, 0, 1)
        self.gain = parameters.number("~gain", 0.0, 0, 10000)
        if (self.seconds > 0) != (self.gain > 0):
            raise ValueError(
                "~exposure is %g and ~gain is %g; expected both above 0, or neither"
                % (self.seconds, self.gain)
            )
        if self.automatic and self.seconds > 0:
            raise ValueError("~auto_exposure is true and ~exposure is given; expected one of them")
        # Whether the camera finds an exposure first, which is then fixed.
        self.found = not self.automatic and not self.seconds


class Sharpest:
    """The sharpest plane of each sweep by the device's own measure: it shows that the lens moves at all."""

    def __init__(self, log):
        self._log = log
        self._sweep = None
        self._best = None

    def frame(self, frame, command):
        plane, sweep = command
        if sweep != self._sweep:
            if self._best:
                self._log.debug("sharpest is plane %d at %.4g dioptres" % self._best[1:])
            self._sweep, self._best = sweep, None
        if frame.sharpness is not None and (self._best is None or frame.sharpness > self._best[0]):
            self._best = (frame.sharpness, plane, frame.power)


def sweep_once(camera, settings, publish, log, over):
    """Sweeps and publishes until `over`, or until the device fails; it was opened, and stays open."""
    steps = Steps(settings.planes.planes, settings.pattern, settings.dwell, settings.patience)
    settling = Settling(settings.tolerance, settings.settle, camera.reports_late)
    sharpest = Sharpest(log)
    target = None
    direction = 1
    due = True
    heard = time.monotonic()
    while not over():
        if due:
            before, now = target, time.time_ns()
            target = camera.command(settings.power(steps.plane))
            settling.command(target, steps.plane, steps.sweep, now)
            if before is not None:
                direction = 1 if settings.law.gain * (target - before) > 0 else -1
            due = False
        frame = camera.frame()
        if frame is None:
            if time.monotonic() - heard > settings.silence:
                raise BridgeError("no frame has come for %g s" % settings.silence)
            continue
        heard = time.monotonic()
        command, settled = settling.frame(frame)
        publish(frame, command, settled, direction)
        if settled:
            sharpest.frame(frame, command)
        due = steps.frame(settled and command == (steps.plane, steps.sweep))
        if due and steps.gave_up:
            log.warn(
                "the lens was sent to %.4g dioptres and has not settled there in %d frames; it reports %.4g"
                % (target, settings.patience, frame.power)
            )


def check_limits(camera, settings):
    low, high = camera.limits()
    powers = [settings.power(plane) for plane in range(settings.planes.planes)]
    powers.append(settings.park_power())
    # A millionth of a dioptre is rounding.
    if min(powers) < low - 1e-6 or max(powers) > high + 1e-6:
        raise ValueError(
            "~farthest, ~nearest and ~park send the lens from %.4g to %.4g dioptres; expected from %.4g to %.4g,"
            " the range of the lens" % (min(powers), max(powers), low, high)
        )


def park(camera, settings, log, seconds=1.0):
    """Sends the lens to ~park, and waits until frames report it there: devices lag, and may not move if stopped."""
    power = settings.park_power()
    until = time.monotonic() + seconds
    try:
        sent = camera.command(power)
        while time.monotonic() < until:
            frame = camera.frame()
            if frame is not None and abs(frame.power - sent) <= settings.tolerance:
                return
        log.warn("the lens does not report that it is parked at %.4g dioptres" % power)
    except BridgeError as fault:
        log.warn("the lens is not parked: %s" % fault)


def sweep_forever(camera, settings, publish, log, over):
    """Connects, sweeps, and connects again after a fault, until `over`; then parks the lens."""
    wait = settings.retry
    while not over():
        try:
            with contextlib.closing(camera):
                camera.open()
                check_limits(camera, settings)
                log.info("connected; the lens sweeps %d planes" % settings.planes.planes)
                wait = settings.retry
                try:
                    sweep_once(camera, settings, publish, log, over)
                except ValueError:
                    park(camera, settings, log)
                    raise
                park(camera, settings, log)
        except BridgeError as fault:
            log.error("%s; trying again in %g s" % (fault, wait))
            until = time.monotonic() + wait
            # In short naps, so that the end of the node is not held up.
            while not over() and time.monotonic() < until:
                time.sleep(min(0.1, wait))
            wait = min(2 * wait, 16 * settings.retry)


def publisher(settings, types, publishers):
    """Returns the function that publishes a frame: lens state, calibration, image, all with its stamp.

    Without a calibration there is no CameraInfo. The depth node refuses one of zeros, as drivers send before the
    camera is calibrated, and others would take any for a calibrated camera.
    """

    def publish(frame, command, settled, direction):
        info = settings.camera_info
        height, width = frame.image.shape[:2]
        if info and (info["width"], info["height"]) != (width, height):
            raise ValueError(
                "the file of ~camera_info_url is for images of %d x %d; the camera's are %d x %d"
                % (info["width"], info["height"], width, height)
            )
        state, image, calibration = (fill_header(kind(), frame.stamp, settings.frame_id) for kind in types)
        focus = math.nan if settings.calibrated else settings.law.focus(frame.power)
        fill_state(state, frame.power, focus, frame.temperature, command, settled, direction)
        # The reading first: the depth node then need not wait for it when the image arrives.
        publishers[0].publish(state)
        if info:
            for field, value in info.items():
                setattr(calibration, field, value)
            publishers[2].publish(calibration)
        publishers[1].publish(fill_image(image, frame.image, frame.encoding))

    return publish


def run(name, make, calibrated=False):
    """Runs a bridge as a ROS node; `make` takes Parameters and Settings. Returns the exit status."""
    # Imported here so that the rest can be used without ROS.
    import rospy
    from rackfocus_msgs.msg import LensState
    from sensor_msgs.msg import CameraInfo, Image

    class Log:
        def debug(self, text):
            rospy.logdebug("%s", text)

        def info(self, text):
            rospy.loginfo("%s", text)

        def warn(self, text):
            rospy.logwarn("%s", text)

        def error(self, text):
            rospy.logerr("%s", text)

    rospy.init_node(name)
    try:
        if rospy.get_param("/use_sim_time", False):
            raise ValueError("/use_sim_time is true; expected false: the stamps of a camera are real time")
        parameters = Parameters(rospy.get_param)
        settings = Settings(parameters, calibrated)
        camera = make(parameters, settings)
        publishers = [
            rospy.Publisher("lens_state", LensState, queue_size=20),
            rospy.Publisher("image_raw", Image, queue_size=4),
        ]
        if settings.camera_info:
            publishers.append(rospy.Publisher("camera_info", CameraInfo, queue_size=4))
        publish = publisher(settings, (LensState, Image, CameraInfo), publishers)
        sweep_forever(camera, settings, publish, Log(), rospy.is_shutdown)
    except (ValueError, ImportError) as fault:
        rospy.logfatal("%s", fault)
        return 1
    return 0
