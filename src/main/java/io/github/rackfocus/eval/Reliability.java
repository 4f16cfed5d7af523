package io.github.rackfocus.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reliability diagram: pixels binned by confidence, and per bin the mean confidence and the share
 * of pixels that are in fact off by at most one plane. Not thread-safe.
 */
public final class Reliability {
  /** Upper edges; finer towards 1, where pixels are published. */
  private static final double[] EDGES = {
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 1
  };

  private final long[] pixels = new long[EDGES.length];
  private final long[] within = new long[EDGES.length];
  private final double[] stated = new double[EDGES.length];

  /**
   * Adds a pixel.
   *
   * @param confidence in [0, 1]; another value counts as the nearer end
   * @param isWithin whether its error is at most one plane
   */
  void add(double confidence, boolean isWithin) {
    int bin = 0;
    while (bin < EDGES.length - 1 && confidence > EDGES[bin]) {
      bin++;
    }
    pixels[bin]++;
    stated[bin] += Math.max(0, Math.min(confidence, 1));
    within[bin] += isWithin ? 1 : 0;
  }

  /** Returns the bins that have pixels, in ascending order, for the JSON report. */
  List<Map<String, Object>> bins() {
    List<Map<String, Object>> bins = new ArrayList<>();
    for (int i = 0; i < EDGES.length; i++) {
      if (pixels[i] > 0) {
        Map<String, Object> bin = new LinkedHashMap<>();
        bin.put("from", i == 0 ? 0.0 : EDGES[i - 1]);
        bin.put("to", EDGES[i]);
        bin.put("pixels", pixels[i]);
        bin.put("confidence", stated[i] / pixels[i]);
        bin.put("withinPlane", (double) within[i] / pixels[i]);
        bins.add(bin);
      }
    }
    return bins;
  }
}
