package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.common.NumberFormats;

/** The pose of the camera over time. Equal configurations give equal paths. Immutable. */
final class CameraPath {
  /** Loop of a shake whose frames are rendered on demand. */
  private static final double FREE_LOOP_SECONDS = 100;

  /** Beyond it the horizon of the slanted bench could come into view. */
  private static final double MAX_SHARE_OF_HEIGHT = 0.25;

  /** Beyond it the camera could touch what is nearest. */
  private static final double MAX_SHARE_OF_NEAREST = 0.25;

  /**
   * The shift of a point half a width away is the angle times half a width, and half of the shift
   * by pitch and yaw together.
   */
  private static final double ROLL_PER_PITCH = Math.sqrt(2) * ThinLensRenderer.FOCAL_WIDTHS;

  private final boolean moving;
  private final Tremor[] tremors;
  private final double shakeRadians;
  private final double shakeMetres;
  private final double panRadians;
  private final double travelMetres;
  private final double circleOmega;

  /**
   * @param loopSeconds period of all motion; 0 if it need not repeat
   * @throws IllegalArgumentException if the view would leave the bench, or no shake fits the loop
   */
  CameraPath(SimulatedCameraConfig config, double loopSeconds) {
    CameraMotionConfig motion = config.motion();
    double rate = config.format().rateHz();
    double focal = ThinLensRenderer.FOCAL_WIDTHS * config.format().width();
    this.moving = motion.isMoving();
    this.tremors = tremors(config, loopSeconds == 0 ? FREE_LOOP_SECONDS : loopSeconds);
    // Each of two axes has its share of the image's motion, each of three of that in space.
    this.shakeRadians = motion.shakePixelsPerFrame() / Math.sqrt(2) / focal;
    this.shakeMetres = motion.shakeMillimetres() / 1e3 / Math.sqrt(3);
    double sweepSeconds = config.sweepFrames() / rate;
    double wanted = motion.circleSweeps() * sweepSeconds;
    double circle =
        loopSeconds == 0 ? wanted : loopSeconds / Math.max(1, Math.rint(loopSeconds / wanted));
    this.circleOmega = 2 * Math.PI / circle;
    this.panRadians = motion.panPixelsPerSweep() / sweepSeconds / circleOmega / focal;
    this.travelMetres = motion.travelMetresPerSecond() / circleOmega;
    check(config, focal);
  }

  private static Tremor[] tremors(SimulatedCameraConfig config, double loopSeconds) {
    if (!config.motion().shakes()) {
      return new Tremor[0];
    }
    Tremor[] tremors = new Tremor[6];
    for (int axis = 0; axis < tremors.length; axis++) {
      SeededRandom random = new SeededRandom(config.scene().seed(), 5, axis);
      tremors[axis] = Tremor.draw(random, config.format().rateHz(), loopSeconds, axis < 3);
    }
    return tremors;
  }

  private void check(SimulatedCameraConfig config, double focal) {
    double turn = panRadians;
    double place = travelMetres;
    if (tremors.length > 0) {
      double roll = ROLL_PER_PITCH / (2 * ThinLensRenderer.FOCAL_WIDTHS) * tremors[2].peak();
      turn += shakeRadians * (Math.max(tremors[0].peak(), tremors[1].peak()) + roll);
      place +=
          shakeMetres
              * Math.hypot(Math.hypot(tremors[3].peak(), tremors[4].peak()), tremors[5].peak());
    }
    double mostPixels = MAX_SHARE_OF_HEIGHT * config.format().height();
    if (turn * focal > mostPixels) {
      throw new IllegalArgumentException(
          "motion turns the view by up to "
              + NumberFormats.plain(Math.ceil(turn * focal))
              + " pixels; expected at most a quarter of the height, "
              + NumberFormats.plain(mostPixels)
              + " pixels: less motion.shakePixelsPerFrame, motion.panPixelsPerSweep or"
              + " motion.circleSweeps");
    }
    double most = MAX_SHARE_OF_NEAREST / config.sweep().nearestDioptres();
    if (place > most) {
      throw new IllegalArgumentException(
          "motion displaces the camera by up to "
              + NumberFormats.plain(Math.ceil(place * 1e3))
              + " mm; expected at most a quarter of the nearest distance, "
              + NumberFormats.plain(Math.floor(most * 1e3))
              + " mm: less motion.shakeMillimetres, motion.travelMetresPerSecond or"
              + " motion.circleSweeps");
    }
  }

  /** Returns the pose at a scene time. */
  Pose at(double seconds) {
    if (!moving) {
      return Pose.STILL;
    }
    double right = Math.cos(circleOmega * seconds);
    double down = Math.sin(circleOmega * seconds);
    if (tremors.length == 0) {
      return new Pose(
          panRadians * down, panRadians * right, 0, travelMetres * down, travelMetres * right, 0);
    }
    return new Pose(
        panRadians * down + shakeRadians * tremors[0].at(seconds),
        panRadians * right + shakeRadians * tremors[1].at(seconds),
        shakeRadians * ROLL_PER_PITCH * tremors[2].at(seconds),
        travelMetres * down + shakeMetres * tremors[3].at(seconds),
        travelMetres * right + shakeMetres * tremors[4].at(seconds),
        shakeMetres * tremors[5].at(seconds));
  }
}
