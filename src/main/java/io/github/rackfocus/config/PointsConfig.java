package io.github.rackfocus.config;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures the point cloud that is published to ROS.
 *
 * @param enabled whether the topic exists; points are computed only for subscribers
 * @param stride every n-th pixel of every n-th row becomes a point
 * @param minRange least depth, metres; 0: no limit
 * @param maxRange greatest depth, metres; 0: no limit
 * @param x left edge of the region, pixels
 * @param y upper edge of the region, pixels
 * @param width of the region, pixels; 0: to the right edge of the image
 * @param height of the region, pixels; 0: to the lower edge of the image
 */
@RecordBuilder
public record PointsConfig(
    boolean enabled,
    int stride,
    double minRange,
    double maxRange,
    int x,
    int y,
    int width,
    int height)
    implements PointsConfigBuilder.With {
  /** Every pixel of the image, without limits. */
  public static final PointsConfig DEFAULTS = new PointsConfig(true, 1, 0, 0, 0, 0, 0, 0);

  private static final int MAX_SIDE = 65_535;

  static PointsConfig read(ConfigSection points) {
    boolean enabled =
        points.flag("enabled", DEFAULTS.enabled(), "Whether the topic depth/points exists");
    int stride =
        points.integer(
            "stride", DEFAULTS.stride(), 1, 64, "pixels", "Every n-th pixel of every n-th row");
    double minRange =
        points.number("minRange", 0, 0, 1000, "m", "Least depth of a point; 0: no limit");
    double maxRange =
        points.number("maxRange", 0, 0, 1000, "m", "Greatest depth of a point; 0: no limit");
    if (maxRange > 0 && maxRange <= minRange) {
      points.fault("maxRange", maxRange + " m", "0, or more than minRange, " + minRange);
    }
    return new PointsConfig(
        enabled,
        stride,
        minRange,
        maxRange,
        points.integer("x", 0, 0, MAX_SIDE, "pixels", "Left edge of the region of interest"),
        points.integer("y", 0, 0, MAX_SIDE, "pixels", "Upper edge of the region of interest"),
        points.integer("width", 0, 0, MAX_SIDE, "pixels", "Width of the region; 0: to the edge"),
        points.integer("height", 0, 0, MAX_SIDE, "pixels", "Height of the region; 0: to the edge"));
  }
}
