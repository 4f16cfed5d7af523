package io.github.rackfocus.eval;

import io.github.rackfocus.common.NumberFormats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Formats a comparison of all models: one row per model and noise, with iterations, size, times and
 * two scores of every mean. At most 120 columns wide; means that do not fit are printed below.
 */
final class EvaluationSummary {
  private static final int WIDTH = 120;
  private static final int NAME = 22;
  private static final int FIGURE = 8;
  private static final int MEAN = 2 * FIGURE + 3;

  private final Evaluation evaluation;
  private final Map<String, List<StackResult>> rows = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();

  private EvaluationSummary(Evaluation evaluation) {
    this.evaluation = evaluation;
    for (StackResult result : evaluation.results()) {
      String name = result.model().name();
      if (result.stack().noise() > 0) {
        name += " +" + NumberFormats.plain(result.stack().noise());
      }
      rows.computeIfAbsent(name, key -> new ArrayList<>()).add(result);
    }
  }

  /** Returns the text, ending in a line break; empty if there is only one row. */
  static String of(Evaluation evaluation) {
    EvaluationSummary summary = new EvaluationSummary(evaluation);
    if (summary.rows.size() > 1) {
      summary.print();
    }
    return summary.text.toString();
  }

  private void print() {
    List<MeanScores> means = new ArrayList<>();
    for (List<StackResult> results : rows.values()) {
      for (MeanScores mean : MeanScores.of(results, evaluation.plan().groups())) {
        if (means.stream().noneMatch(other -> isSame(other, mean))) {
          means.add(mean);
        }
      }
    }
    int first = Math.max(1, (WIDTH - NAME - 4 * FIGURE) / MEAN);
    block(means.subList(0, Math.min(first, means.size())), true);
    int more = (WIDTH - NAME) / MEAN;
    for (int from = first; from < means.size(); from += more) {
      block(means.subList(from, Math.min(from + more, means.size())), false);
    }
    text.append(
        "K: iterations. MB: files of the model. ms: time for a whole stack; roll: for one new frame; ");
    text.append(
        "means over all stacks.\nRows with +S: noise with standard deviation S/255 added.\n\n");
  }

  private static boolean isSame(MeanScores a, MeanScores b) {
    return a.name().equals(b.name()) && a.unit().equals(b.unit());
  }

  private void block(List<MeanScores> means, boolean withCost) {
    cell("all models", NAME);
    if (withCost) {
      text.append(" ".repeat(4 * FIGURE));
    }
    for (MeanScores mean : means) {
      String name = (mean.isOfAll() ? "" : mean.name() + " ") + mean.unit();
      text.append(" | ");
      cell(name, 2 * FIGURE);
    }
    endLine();
    cell("", NAME);
    if (withCost) {
      List.of("K", "MB", "ms", "roll").forEach(this::figure);
    }
    for (MeanScores mean : means) {
      text.append(" | ");
      columns(mean).forEach(metric -> figure(metric.label()));
    }
    endLine();
    rows.forEach((name, results) -> row(name, results, means, withCost));
  }

  private void row(
      String name, List<StackResult> results, List<MeanScores> means, boolean withCost) {
    cell("  " + name, NAME);
    if (withCost) {
      StackResult any = results.get(0);
      Scores all = Scores.mean(results.stream().map(StackResult::scores).toList());
      long bytes = evaluation.modelBytes().getOrDefault(any.model().name(), 0L);
      figure(Integer.toString(any.model().iterations()));
      figure(bytes == 0 ? "-" : NumberFormats.of(bytes * 1e-6));
      figure(NumberFormats.of(all.get(Metric.MILLIS)));
      figure(NumberFormats.of(all.get(Metric.ROLLING_MILLIS)));
    }
    List<MeanScores> own = MeanScores.of(results, evaluation.plan().groups());
    for (MeanScores mean : means) {
      text.append(" | ");
      Scores scores =
          own.stream()
              .filter(other -> isSame(other, mean))
              .map(MeanScores::scores)
              .findFirst()
              .orElseGet(Scores::new);
      columns(mean).forEach(metric -> figure(NumberFormats.of(scores.get(metric))));
    }
    endLine();
  }

  private static List<Metric> columns(MeanScores mean) {
    return mean.unit().equals("dioptre")
        ? List.of(Metric.ABS_REL, Metric.MAE_PLANES)
        : List.of(Metric.CORR, Metric.MAE_AFFINE);
  }

  private void cell(String name, int width) {
    String shown = name.length() > width ? name.substring(0, width - 1) + "~" : name;
    text.append(shown).append(" ".repeat(width - shown.length()));
  }

  private void figure(String value) {
    text.append(" ".repeat(Math.max(1, FIGURE - value.length()))).append(value);
  }

  private void endLine() {
    text.append('\n');
  }
}
