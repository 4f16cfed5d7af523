package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The input of a depth picture.
 *
 * @param width in pixels
 * @param height in pixels
 * @param depth metres or index values, row by row from the top; read with absolute gets
 * @param validity a {@link io.github.rackfocus.depth.Validity} code per pixel, in the same order
 * @param metric whether depth is in metres
 * @param nearestDepth depth of the nearest plane of the sweep
 * @param farthestDepth depth of the farthest plane; +Inf for a sweep that starts at 0 dioptres
 */
public record DepthRaster(
    int width,
    int height,
    FloatBuffer depth,
    ByteBuffer validity,
    boolean metric,
    double nearestDepth,
    double farthestDepth) {

  /** Returns a view of a map, valid while the map is leased. */
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
