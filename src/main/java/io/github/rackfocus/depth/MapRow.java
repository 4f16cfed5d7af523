package io.github.rackfocus.depth;

/** One row of what an estimator fills of a map, copied out of its buffers, to be fused. */
final class MapRow {
  float[] position = new float[0];
  float[] error = new float[0];
  float[] confidence = new float[0];

  /** Whether each pixel was seen in focus, so that its estimate counts. */
  boolean[] usable = new boolean[0];

  /** Age of the plane in focus in the last map, seconds. */
  float[] lastAge = new float[0];

  void resize(int width) {
    if (position.length != width) {
      position = new float[width];
      error = new float[width];
      confidence = new float[width];
      usable = new boolean[width];
      lastAge = new float[width];
    }
  }

  /** Copies a row out of a map: single gets from a direct buffer cost more. */
  void read(DepthMap map, int y) {
    int start = y * map.width();
    map.position().get(start, position, 0, map.width());
    map.error().get(start, error, 0, map.width());
    map.confidence().get(start, confidence, 0, map.width());
  }

  /** Copies the row back. */
  void write(DepthMap map, int y) {
    int start = y * map.width();
    map.position().put(start, position, 0, map.width());
    map.error().put(start, error, 0, map.width());
    map.confidence().put(start, confidence, 0, map.width());
  }
}
