package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * What a picture of depth is painted from.
 *
 * @param width pixels in a row
 * @param height rows
 * @param depth metres (or index), row by row from the top; read by absolute gets
 * @param validity a {@link io.github.rackfocus.depth.Validity} code a pixel, likewise
 * @param metric whether depth is metres
 * @param nearestDepth at the nearest plane of the sweep
 * @param farthestDepth at the farthest plane, +Inf for a sweep that begins at 0 dioptres
 */
public record DepthRaster(
    int width,
    int height,
    FloatBuffer depth,
    ByteBuffer validity,
    boolean metric,
    double nearestDepth,
    double farthestDepth) {

  /** That of a map; valid as long as the map. */
  public static DepthRaster of(DepthMap map) {
    return new DepthRaster(
        map.width(),
        map.height(),
        map.depth(),
        map.validity(),
        map.isMetric(),
        map.info().nearestDepth(),
        map.info().farthestDepth());
  }
}
