package io.github.rackfocus.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Mean scores of one model at one noise over stacks of one unit.
 *
 * @param name name of the group of stacks
 * @param unit unit of the stacks
 * @param stacks names of the stacks
 * @param scores mean of each metric
 */
public record MeanScores(String name, String unit, List<String> stacks, Scores scores) {
  private static final String ALL = "all";
  private static final List<String> UNITS = List.of("dioptre", "index");

  /** Returns whether this is the mean over all stacks of the unit. */
  boolean isOfAll() {
    return name.equals(ALL);
  }

  /**
   * Returns the means of a model's results: one per unit, then one per group and unit. Stacks
   * without ground truth are left out, and so are empty means.
   */
  static List<MeanScores> of(List<StackResult> results, List<StackGroup> groups) {
    List<MeanScores> means = new ArrayList<>();
    for (String unit : UNITS) {
      add(means, results, unit, ALL, stack -> true);
    }
    for (StackGroup group : groups) {
      for (String unit : UNITS) {
        add(means, results, unit, group.name(), group::matches);
      }
    }
    return means;
  }

  private static void add(
      List<MeanScores> means,
      List<StackResult> results,
      String unit,
      String name,
      Predicate<String> stacks) {
    List<StackResult> chosen =
        results.stream()
            .filter(StackResult::hasTruth)
            .filter(result -> result.stack().unit().equals(unit))
            .filter(result -> stacks.test(result.stack().name()))
            .toList();
    if (!chosen.isEmpty()) {
      means.add(
          new MeanScores(
              name,
              unit,
              chosen.stream().map(result -> result.stack().name()).toList(),
              Scores.mean(chosen.stream().map(StackResult::scores).toList())));
    }
  }
}
