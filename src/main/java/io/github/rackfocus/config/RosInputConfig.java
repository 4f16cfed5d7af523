package io.github.rackfocus.config;

import io.github.rackfocus.sweep.MatchingConfig;

/**
 * How images and lens readings come in as ROS messages, from topics or from a bag.
 *
 * @param imageTransport the form of the images
 * @param lens how the focus of a frame is known
 * @param lensLatencySeconds of a lens power that comes without a stamp: it held so long before it
 *     arrived
 * @param matching how readings are laid on frames; a camera file replaces the lens's gain and
 *     offset
 * @param cameraInfoUrl of a camera file: {@code file://} or {@code package://}; empty: the topic
 *     {@code camera_info}
 * @param rectify whether distortion is taken out of the images, where a calibration tells it
 * @param bitDepth of 16-bit images: the brightest value is {@code 2^bitDepth - 1}
 * @param sweep the nominal planes, and where the sweep stands by the clock
 */
public record RosInputConfig(
    ImageTransport imageTransport,
    LensInput lens,
    double lensLatencySeconds,
    MatchingConfig matching,
    String cameraInfoUrl,
    boolean rectify,
    int bitDepth,
    SweepConfig sweep) {
  /** The form of the images. */
  public enum ImageTransport {
    /** sensor_msgs/Image on {@code image}. */
    RAW,
    /** sensor_msgs/CompressedImage on {@code image/compressed}. */
    COMPRESSED
  }

  /** How the focus of a frame is known. */
  public enum LensInput {
    /** From rackfocus_msgs/LensState on {@code lens_state}. */
    STATE,
    /** From std_msgs/Float64 on {@code lens_power}, which has no stamp. */
    POWER,
    /** From the frame's stamp, the sweep's period and its phase. */
    STAMP
  }

  /** Raw images, lens states, calibration from the topic. */
  public static final RosInputConfig DEFAULT =
      new RosInputConfig(
          ImageTransport.RAW,
          LensInput.STATE,
          0,
          MatchingConfig.DEFAULT,
          "",
          true,
          16,
          SweepConfig.DEFAULT);

  /** Checks what the fields say together. */
  public RosInputConfig {
    if (isPeriodMissing(lens, sweep)) {
      throw new IllegalArgumentException(
          "lens is stamp while sweep.period is 0; expected the seconds of a whole sweep there");
    }
    if (bitDepth < 8 || bitDepth > 16) {
      throw new IllegalArgumentException("bitDepth is " + bitDepth + "; expected 8 to 16");
    }
  }

  /** The same with another lens input. */
  public RosInputConfig withLens(LensInput input, SweepConfig newSweep) {
    return new RosInputConfig(
        imageTransport,
        input,
        lensLatencySeconds,
        matching,
        cameraInfoUrl,
        rectify,
        bitDepth,
        newSweep);
  }

  /** The same with another form of the images. */
  public RosInputConfig withImageTransport(ImageTransport value) {
    return new RosInputConfig(
        value, lens, lensLatencySeconds, matching, cameraInfoUrl, rectify, bitDepth, sweep);
  }

  /** The same with other rules for readings. */
  public RosInputConfig withMatching(MatchingConfig value) {
    return new RosInputConfig(
        imageTransport, lens, lensLatencySeconds, value, cameraInfoUrl, rectify, bitDepth, sweep);
  }

  /** The same with another camera file. */
  public RosInputConfig withCameraInfoUrl(String url) {
    return new RosInputConfig(
        imageTransport, lens, lensLatencySeconds, matching, url, rectify, bitDepth, sweep);
  }

  /** The same with another declared depth of 16-bit images. */
  public RosInputConfig withBitDepth(int bits) {
    return new RosInputConfig(
        imageTransport, lens, lensLatencySeconds, matching, cameraInfoUrl, rectify, bits, sweep);
  }

  /**
   * Reads the options. Those that ROS users know by name stand at the top of the configuration,
   * where they become private parameters of that name.
   */
  static RosInputConfig read(ConfigSection root, SweepConfig sweep) {
    ImageTransport transport =
        root.choice("imageTransport", DEFAULT.imageTransport(), "of the images of topics and bags");
    String url =
        root.text(
            "cameraInfoUrl", "", "file:// or package://", "camera file; empty: topic camera_info");
    boolean rectify = root.flag("rectify", true, "take the calibrated distortion out of images");
    int bits = root.integer("bitDepth", DEFAULT.bitDepth(), 8, 16, "bits", "of 16-bit images");
    double latency =
        root.number("lensLatency", 0, 0, 10, "s", "by which lens_power, unstamped, comes late");
    ConfigSection section = root.section("lens", "How the focus of an image is known.");
    LensInput lens =
        section.choice(
            "input",
            DEFAULT.lens(),
            "topic lens_state, topic lens_power, or by the image's stamp and sweep.period");
    MatchingConfig matching = matching(section);
    if (isPeriodMissing(lens, sweep)) {
      section.fault("input", "stamp while sweep.period is 0", "the seconds of a whole sweep there");
      return DEFAULT;
    }
    return new RosInputConfig(transport, lens, latency, matching, url, rectify, bits, sweep);
  }

  private static MatchingConfig matching(ConfigSection lens) {
    MatchingConfig byDefault = MatchingConfig.DEFAULT;
    return new MatchingConfig(
        byDefault.powerGain(),
        byDefault.powerOffset(),
        lens.choice(
            "between",
            byDefault.between(),
            "readings: the lens holds where it was, or moves evenly, or as direction says"),
        nanos(lens.number("exposureOffset", 0, -1, 1, "s", "mid-exposure minus the image's stamp")),
        nanos(
            lens.number(
                "maxWait",
                byDefault.maxWaitNanos() / 1e9,
                0,
                10,
                "s",
                "that an image waits at most for a reading that is not there yet")),
        nanos(
            lens.number(
                "maxReadingAge",
                byDefault.maxReadingAgeNanos() / 1e9,
                0.001,
                3600,
                "s",
                "after which a reading holds no longer")));
  }

  private static boolean isPeriodMissing(LensInput lens, SweepConfig sweep) {
    return lens == LensInput.STAMP && !(sweep.periodSeconds() > 0);
  }

  private static long nanos(double seconds) {
    return Math.round(1e9 * seconds);
  }
}
