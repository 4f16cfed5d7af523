package io.github.rackfocus.camera.simulated;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures what the driver of a simulated lens reports. Immutable and checked.
 *
 * @param source what a reading is
 * @param clockOffsetSeconds by how much the clock of the readings is ahead of that of the frames: a
 *     frame gets the reading that held this much earlier
 */
@RecordBuilder
public record LensReadingsConfig(Source source, double clockOffsetSeconds)
    implements LensReadingsConfigBuilder.With {
  /** The actual focus on the clock of the frames. */
  public static final LensReadingsConfig DEFAULTS = new LensReadingsConfig(Source.ACTUAL, 0);

  /** What a reading is. */
  public enum Source {
    /** The focus that a lens with feedback measures; it includes lag, ringing and hysteresis. */
    ACTUAL,
    /** The commanded focus, as a driver without feedback reports it. */
    COMMAND
  }

  public LensReadingsConfig {
    SimulatedCameraConfig.inRange(
        "readings.clockOffsetSeconds", clockOffsetSeconds, -1, 1, "seconds");
  }
}
