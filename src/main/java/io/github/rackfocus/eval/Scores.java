package io.github.rackfocus.eval;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/** Values by metric; an undefined value is {@code NaN}. Immutable once built. */
public final class Scores {
  private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

  Scores() {}

  Scores(Scores other) {
    values.putAll(other.values);
  }

  Scores with(Metric metric, double value) {
    if (Double.isNaN(value)) {
      values.remove(metric);
    } else {
      values.put(metric, value);
    }
    return this;
  }

  Scores withAll(Scores other) {
    values.putAll(other.values);
    return this;
  }

  /** Returns the value, or {@code NaN} if it is undefined. */
  public double get(Metric metric) {
    return values.getOrDefault(metric, Double.NaN);
  }

  /** Returns whether the metric has a value. */
  public boolean has(Metric metric) {
    return values.containsKey(metric);
  }

  /** Returns the mean of each metric over the scores that define it. */
  public static Scores mean(Collection<Scores> all) {
    Scores mean = new Scores();
    for (Metric metric : Metric.values()) {
      double average =
          all.stream()
              .filter(scores -> scores.has(metric))
              .mapToDouble(scores -> scores.get(metric))
              .average()
              .orElse(Double.NaN);
      mean.with(metric, average);
    }
    return mean;
  }
}
