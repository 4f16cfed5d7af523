package io.github.rackfocus.camera.simulated;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures the motion of a simulated camera: the shake of a hand and the smooth motion of a
 * robot, which add up. Immutable and checked.
 *
 * <p>The shake has frequencies between 0.5 and 8 Hz, below half the frame rate. The smooth motion
 * is a circle at constant speed, so that the view stays on the bench. Motion during one exposure
 * moves the image but does not blur it.
 *
 * @param shakePixelsPerFrame RMS motion of the image centre from one frame to the next by pitch and
 *     yaw together, in pixels; roll moves a point half a width away by half as much
 * @param shakeMillimetres RMS displacement of the camera in space
 * @param panPixelsPerSweep speed of the image centre by a smooth pan, in pixels per sweep
 * @param travelMetresPerSecond speed of a smooth motion sideways
 * @param circleSweeps sweeps that the pan and the travel take for one circle; if frames are
 *     rendered ahead, rounded to a whole number of circles
 */
@RecordBuilder
public record CameraMotionConfig(
    double shakePixelsPerFrame,
    double shakeMillimetres,
    double panPixelsPerSweep,
    double travelMetresPerSecond,
    double circleSweeps)
    implements CameraMotionConfigBuilder.With {
  /** A camera that stands still. */
  public static final CameraMotionConfig DEFAULTS = new CameraMotionConfig(0, 0, 0, 0, 8);

  public CameraMotionConfig {
    SimulatedCameraConfig.inRange(
        "motion.shakePixelsPerFrame", shakePixelsPerFrame, 0, 100, "pixels per frame");
    SimulatedCameraConfig.inRange(
        "motion.shakeMillimetres", shakeMillimetres, 0, 100, "millimetres");
    SimulatedCameraConfig.inRange(
        "motion.panPixelsPerSweep", panPixelsPerSweep, 0, 1000, "pixels per sweep");
    SimulatedCameraConfig.inRange(
        "motion.travelMetresPerSecond", travelMetresPerSecond, 0, 10, "m/s");
    SimulatedCameraConfig.inRange("motion.circleSweeps", circleSweeps, 1, 1000, "sweeps");
  }

  /** Returns whether the camera moves at all. */
  public boolean isMoving() {
    return shakes() || panPixelsPerSweep > 0 || travelMetresPerSecond > 0;
  }

  /** Returns whether there is a shake. */
  boolean shakes() {
    return shakePixelsPerFrame > 0 || shakeMillimetres > 0;
  }
}
