package io.github.rackfocus.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps depth to a position on the colour bar of the sweep: 0 is the farthest plane, 1 the nearest.
 *
 * <p>Metric depth is linear in 1/depth, as focus is, so that all planes get an equal share of the
 * colours and infinity is on the bar. Index depth is linear. Immutable.
 */
record DepthScale(boolean metric, double nearest, double farthest) {
  /** A mark on the bar. */
  record Tick(double fraction, String label) {}

  /** How far a tick may move to reach a round number, as a fraction of the tick distance. */
  private static final double FREEDOM = 0.15;

  private static final double[] MANTISSAS = {5, 2, 1};

  /** Returns the position of a depth, not clipped; NaN for NaN. */
  double fractionOf(double depth) {
    if (isInverse()) {
      return (1 / depth - 1 / farthest) / (1 / nearest - 1 / farthest);
    }
    return (depth - farthest) / (nearest - farthest);
  }

  /** Returns the depth at a position; the inverse of {@link #fractionOf}. */
  double depthAt(double fraction) {
    if (isInverse()) {
      return 1 / (1 / farthest + fraction * (1 / nearest - 1 / farthest));
    }
    return farthest + fraction * (nearest - farthest);
  }

  /** The depth offset of a calibration can make depths 0 or negative, where 1/depth is invalid. */
  private boolean isInverse() {
    return metric && nearest > 0;
  }

  /** Returns the unit of the labels: m, cm, mm or index. */
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
   * Returns ticks at the roundest numbers near {@code count} evenly spaced positions, far to near.
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
