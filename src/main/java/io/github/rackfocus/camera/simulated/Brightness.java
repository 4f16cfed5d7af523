package io.github.rackfocus.camera.simulated;

/**
 * How bright frames and rows are: the gain of the automatic exposure and the flicker of the lamps.
 * Both follow the time since the first frame, also where rendered frames repeat. Immutable.
 */
final class Brightness {
  /** Powers of the exposure step, one after the other. */
  private static final int[] CYCLE = {0, 1, 2, 1, 0, -1, -2, -1};

  private final SimulatedCameraConfig config;
  private final double amplitude;

  Brightness(SimulatedCameraConfig config) {
    this.config = config;
    // The mean of a cosine over an exposure.
    double angle = Math.PI * config.light().flickerHz() * config.sensor().exposureSeconds();
    this.amplitude = config.light().flickerDepth() * Math.sin(angle) / angle;
  }

  /** Returns whether frames differ in brightness at all. */
  boolean varies() {
    return config.light().varies();
  }

  /** Returns the gain of a frame relative to the configured one. */
  double gain(long sequence) {
    double seconds = sequence / config.format().rateHz();
    // An offset in the last place, so that a step falls on the frame at its time.
    double step = Math.floor(seconds / config.light().exposureStepSeconds() + 1e-9);
    int power = CYCLE[(int) Math.floorMod((long) step, (long) CYCLE.length)];
    return Math.pow(config.light().exposureStep(), power);
  }

  /** Returns the light of a row relative to the mean. */
  double flicker(long sequence, int row) {
    double rate = config.format().rateHz();
    double share = (row + 0.5) / config.format().height() - 0.5;
    double late = config.shutter().readoutSeconds() * share;
    double seconds = (sequence + 0.5) / rate + late;
    return 1 + amplitude * Math.cos(2 * Math.PI * config.light().flickerHz() * seconds);
  }
}
