package io.github.rackfocus.config;

import io.github.rackfocus.sweep.MatchingConfig;
import io.github.rackfocus.sweep.PlaneCounter.Count;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures how images and lens readings are received as ROS messages, from topics or from a bag.
 *
 * @param images how images are received
 * @param lens how the focus of a frame is determined
 * @param sweep the nominal planes, and the phase of the sweep
 */
@RecordBuilder
public record RosInputConfig(Images images, Lens lens, SweepConfig sweep)
    implements RosInputConfigBuilder.With {
  /** Raw images, lens states, calibration from the topic. */
  public static final RosInputConfig DEFAULTS =
      new RosInputConfig(
          new Images(ImageTransport.RAW, "", true, 16),
          new Lens(LensInput.STATE, 0, Count.TRIGGER, 0, MatchingConfig.DEFAULTS),
          SweepConfig.DEFAULTS);

  /** Checks that the fields agree. */
  public RosInputConfig {
    if (isPeriodMissing(lens.input(), sweep)) {
      throw new IllegalArgumentException(
          "lens.input is stamp while sweep.period is 0; expected the period of a sweep in seconds");
    }
  }

  /** The transport of the images. */
  public enum ImageTransport {
    /** sensor_msgs/Image on {@code image}. */
    RAW,
    /** sensor_msgs/CompressedImage on {@code image/compressed}. */
    COMPRESSED
  }

  /** How the focus of a frame is determined. */
  public enum LensInput {
    /** From rackfocus_msgs/LensState on {@code lens_state}. */
    STATE,
    /** From std_msgs/Float64 on {@code lens_power}, which has no stamp. */
    POWER,
    /** From the frame's stamp, the sweep's period and its phase. */
    STAMP,
    /** From a count of the exposures, which step the lens through {@code sweep.pattern}. */
    COUNTER
  }

  /**
   * How images are received.
   *
   * @param transport raw or compressed
   * @param cameraInfoUrl of a camera file: {@code file://} or {@code package://}; empty: the topic
   *     {@code camera_info}
   * @param rectify whether images are rectified if their calibration has distortion
   * @param bitDepth of 16-bit images: the brightest value is {@code 2^bitDepth - 1}
   */
  @RecordBuilder
  public record Images(
      ImageTransport transport, String cameraInfoUrl, boolean rectify, int bitDepth)
      implements RosInputConfigImagesBuilder.With {
    public Images {
      if (bitDepth < 8 || bitDepth > 16) {
        throw new IllegalArgumentException("bitDepth is " + bitDepth + "; expected 8 to 16");
      }
    }

    /** Reads the options at the top; as private parameters they have names ROS users know. */
    static Images read(ConfigSection root) {
      ImageTransport transport =
          root.choice(
              "imageTransport", ImageTransport.RAW, "Transport of the images from topics and bags");
      String url =
          root.text(
              "cameraInfoUrl",
              "",
              "file:// or package://",
              "URL of the camera file; empty: the topic camera_info");
      boolean rectify =
          root.flag("rectify", true, "Whether images with calibrated distortion are rectified");
      return new Images(transport, url, rectify, DEFAULTS.images().bitDepth());
    }
  }

  /**
   * How the focus of a frame is determined.
   *
   * @param input where focus comes from
   * @param latencySeconds delay of a lens power without a stamp: it was true so long before it
   *     arrived
   * @param counter what counts the exposures, for input {@code COUNTER}
   * @param counterOffset added to each count, modulo the frames of a sweep
   * @param matching how readings are matched to frames; a camera file replaces the lens's gain and
   *     offset
   */
  @RecordBuilder
  public record Lens(
      LensInput input,
      double latencySeconds,
      Count counter,
      int counterOffset,
      MatchingConfig matching)
      implements RosInputConfigLensBuilder.With {

    static Lens read(ConfigSection section, SweepConfig sweep) {
      LensInput input =
          section.choice(
              "input",
              DEFAULTS.lens().input(),
              "Source of focus: topic lens_state, topic lens_power, the image's stamp and"
                  + " sweep.period, or a count of the exposures that step the lens");
      double latency =
          section.number(
              "latency",
              0,
              0,
              10,
              "s",
              "Delay of lens_power, which has no stamp, for input: power");
      Count counter =
          section.choice(
              "counter",
              Count.TRIGGER,
              "What counts for input: counter: sweep_id or plane_index of lens_state, or header.seq"
                  + " of the images");
      int counterOffset =
          section.integer(
              "counterOffset",
              0,
              0,
              4096,
              "frames",
              "Added to each count; the sum modulo the frames of a sweep is the plane");
      MatchingConfig matching = matching(section);
      if (isPeriodMissing(input, sweep)) {
        section.fault(
            "input", "stamp while sweep.period is 0", "the period of a sweep in seconds there");
        return DEFAULTS.lens();
      }
      return new Lens(input, latency, counter, counterOffset, matching);
    }

    private static MatchingConfig matching(ConfigSection lens) {
      MatchingConfig defaults = MatchingConfig.DEFAULTS;
      return new MatchingConfig(
          defaults.powerGain(),
          defaults.powerOffset(),
          lens.choice(
              "between",
              defaults.between(),
              "Motion between readings: as the reading's direction says, none, or even"),
          nanos(
              lens.number("exposureOffset", 0, -1, 1, "s", "Mid-exposure minus the image's stamp")),
          nanos(
              lens.number(
                  "maxWait",
                  defaults.maxWaitNanos() / 1e9,
                  0,
                  10,
                  "s",
                  "Longest time an image waits for a reading")),
          nanos(
              lens.number(
                  "maxReadingAge",
                  defaults.maxReadingAgeNanos() / 1e9,
                  0.001,
                  3600,
                  "s",
                  "Longest time a reading is valid")));
    }

    private static long nanos(double seconds) {
      return Math.round(1e9 * seconds);
    }
  }

  private static boolean isPeriodMissing(LensInput lens, SweepConfig sweep) {
    return lens == LensInput.STAMP && !(sweep.periodSeconds() > 0);
  }
}
