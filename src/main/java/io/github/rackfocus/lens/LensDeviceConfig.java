package io.github.rackfocus.lens;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Configures a lens that is driven by Rackfocus.
 *
 * @param kind which device
 * @param port of the device: path of a serial line or camera, or {@code udp://HOST:PORT}
 * @param baud of a serial line
 * @param line protocol of {@link Kind#LINE}; null for others
 * @param table of {@link Kind#V4L2}; null for others
 * @param control of {@link Kind#V4L2}
 * @param motion how the lens moves
 * @param limits values that are never exceeded, dioptres as the device is told them
 * @param park where the lens rests when its driver ends
 */
@RecordBuilder
public record LensDeviceConfig(
    Kind kind,
    String port,
    int baud,
    @Nullable LineProtocol line,
    @Nullable PositionTable table,
    String control,
    Motion motion,
    LensRange limits,
    Park park)
    implements LensDeviceConfigBuilder.With {
  /** The devices. */
  public enum Kind {
    /** None: lens readings come from elsewhere. */
    NONE,
    /** Optotune Lens Driver 4 or 4i on a serial line. */
    OPTOTUNE,
    /** Any device that speaks a {@link LineProtocol}, on a serial line or by UDP. */
    LINE,
    /** The focus motor of a V4L2 camera. */
    V4L2
  }

  /** Where the lens rests when its driver ends. */
  public enum Park {
    /** At the farthest plane of the sweep. */
    FARTHEST,
    /** Focused at infinity, or as near to it as the lens can. */
    INFINITY,
    /** Where it is. */
    STAY
  }

  /**
   * How the lens moves and is read.
   *
   * @param pattern of the sweep
   * @param rateHz planes per second
   * @param dwellSeconds additional rest where the lens turns or has jumped back
   * @param settleSeconds time that the lens needs after a step
   * @param tolerance greatest distance from the commanded focus at which it is settled, dioptres
   * @param readRateHz readings, and commands of a moving lens, per second
   */
  @RecordBuilder
  public record Motion(
      LensSweep.Pattern pattern,
      double rateHz,
      double dwellSeconds,
      double settleSeconds,
      double tolerance,
      double readRateHz)
      implements LensDeviceConfigMotionBuilder.With {}

  /** No device; a stepped sweep of ten planes a second, read a hundred times a second. */
  public static final LensDeviceConfig DEFAULTS =
      new LensDeviceConfig(
          Kind.NONE,
          "",
          115_200,
          null,
          null,
          "focus_absolute",
          new Motion(LensSweep.Pattern.STEP, 10, 0, 0.03, 0.1, 100),
          new LensRange(-100, 100),
          Park.FARTHEST);
}
