package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.frame.FocusScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a depth lies on the colour bar of its sweep: 0 at the farthest plane, 1 at the nearest.
 * Metric depth is spread evenly in 1/depth, as focus is, so that every plane gets the same share of
 * the colours and infinity has a place; index depth evenly. Immutable.
 */
record DepthScale(boolean metric, double nearest, double farthest) {
  /** A mark on the bar. */
  record Tick(double fraction, String label) {}

  /** A tick may lie this share of the distance between ticks off its even place, to be round. */
  private static final double FREEDOM = 0.15;

  private static final double[] MANTISSAS = {5, 2, 1};

  static DepthScale of(DepthInfo info) {
    return new DepthScale(
        info.scale() == FocusScale.DIOPTRE, info.nearestDepth(), info.farthestDepth());
  }

  /** Fraction of a depth, not clipped; NaN for NaN. */
  double fractionOf(double depth) {
    if (isInverse()) {
      return (1 / depth - 1 / farthest) / (1 / nearest - 1 / farthest);
    }
    return (depth - farthest) / (nearest - farthest);
  }

  /** Depth at a fraction; the inverse of {@link #fractionOf}. */
  double depthAt(double fraction) {
    if (isInverse()) {
      return 1 / (1 / farthest + fraction * (1 / nearest - 1 / farthest));
    }
    return farthest + fraction * (nearest - farthest);
  }

  /** A camera file's depth offset can push depth to 0 and below, where 1/depth has no meaning. */
  private boolean isInverse() {
    return metric && nearest > 0;
  }

  /** The unit that labels are in: m, cm, mm or index. */
  String unit() {
    if (!metric) {
      return "index";
    }
    double largest = Math.min(farthest, depthAt(0.1));
    return largest >= 1 ? "m" : largest >= 0.2 ? "cm" : "mm";
  }

  private double unitsPerDepth() {
    return switch (unit()) {
      case "cm" -> 100;
      case "mm" -> 1000;
      default -> 1;
    };
  }

  /**
   * Marks at the roundest numbers near {@code count} even places, far to near.
   *
   * @param count at least 1
   */
  List<Tick> ticks(int count) {
    List<Tick> ticks = new ArrayList<>(count);
    double factor = unitsPerDepth();
    for (int i = 0; i < count; i++) {
      double one = factor * depthAt((i + 0.5 - FREEDOM) / count);
      double other = factor * depthAt((i + 0.5 + FREEDOM) / count);
      Tick tick = roundest(Math.min(one, other), Math.max(one, other), factor);
      ticks.add(tick);
    }
    return ticks;
  }

  private Tick roundest(double low, double high, double factor) {
    int decade = (int) Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)))) + 1;
    while (true) {
      for (double mantissa : MANTISSAS) {
        double step = mantissa * Math.pow(10, decade);
        double value = Math.rint((low + high) / 2 / step) * step;
        if (value >= low && value <= high) {
          String label = String.format(Locale.ROOT, "%." + Math.max(0, -decade) + "f", value);
          return new Tick(fractionOf(value / factor), label);
        }
      }
      decade--;
    }
  }
}
