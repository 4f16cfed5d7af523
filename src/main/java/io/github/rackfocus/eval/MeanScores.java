package io.github.rackfocus.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A mean over stacks of one unit, of one model at one noise.
 *
 * @param name what it is a mean of
 * @param unit of its stacks
 * @param stacks their names
 * @param scores the mean of each metric
 */
public record MeanScores(String name, String unit, List<String> stacks, Scores scores) {
  private static final String ALL = "all";
  private static final List<String> UNITS = List.of("dioptre", "index");

  /** Whether it is the mean of all stacks of its unit. */
  boolean isOfAll() {
    return name.equals(ALL);
  }

  /**
   * The means of a model's results: one for each unit, then the groups. Stacks without ground truth
   * are left out; a mean of no stack is not there.
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
            .filter(result -> result.unit().equals(unit) && stacks.test(result.stack()))
            .toList();
    if (!chosen.isEmpty()) {
      means.add(
          new MeanScores(
              name,
              unit,
              chosen.stream().map(StackResult::stack).toList(),
              Scores.mean(chosen.stream().map(StackResult::scores).toList())));
    }
  }
}
