package io.github.rackfocus.eval;

import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.eval.Metric.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Formats an evaluation as tables per model, noise and unit, at most 120 columns wide. */
public final class EvaluationTable {
  private static final int FIGURE = 7;
  private static final int LONGEST_NAME = 120 - 14 * FIGURE;
  private static final int SHORTEST_NAME = 18;
  private static final String INDENT = "  ";

  private final Evaluation evaluation;
  private final StringBuilder text = new StringBuilder();
  private final int nameWidth;

  private EvaluationTable(Evaluation evaluation) {
    this.evaluation = evaluation;
    int longest =
        evaluation.results().stream().mapToInt(r -> r.stack().name().length()).max().orElse(0);
    for (StackGroup group : evaluation.plan().groups()) {
      longest = Math.max(longest, meanName(group.name(), 99).length());
    }
    nameWidth = Math.min(LONGEST_NAME, Math.max(SHORTEST_NAME, longest + INDENT.length()));
  }

  /** Returns the text, ending in a line break. */
  public static String of(Evaluation evaluation) {
    EvaluationTable table = new EvaluationTable(evaluation);
    table.print();
    return table.text.toString();
  }

  private void print() {
    byModelAndNoise(evaluation.results()).forEach(this::model);
    text.append(EvaluationSummary.of(evaluation));
    text.append("Depth in metres (dioptre stacks) or index values (index stacks); ")
        .append("planes: MAE in planes; affine: MAE after an affine fit.\n")
        .append("best50: MAE in planes of the 50 % most confident pixels; ")
        .append("in 68%: share of errors within the expected 68 % bound;\n")
        .append("stated: mean expected error / mean actual error. ")
        .append("publ: share of all pixels that would be published;\n")
        .append(">1 pl: share of these that are off by more than a plane.\n")
        .append("ms: time for a whole stack, roll: for one new frame, median of ")
        .append(evaluation.plan().repeats())
        .append(" runs.\n");
  }

  private static Map<String, List<StackResult>> byModelAndNoise(List<StackResult> results) {
    Map<String, List<StackResult>> blocks = new LinkedHashMap<>();
    for (StackResult result : results) {
      blocks.computeIfAbsent(title(result), title -> new ArrayList<>()).add(result);
    }
    return blocks;
  }

  private static String title(StackResult result) {
    String title = result.model().name() + " " + result.model().identity().version();
    if (result.model().iterations() > 0) {
      title += ", K = " + result.model().iterations();
    }
    double noise = result.stack().noise();
    if (noise > 0) {
      title += ", noise " + NumberFormats.plain(noise) + "/255";
    }
    return title + ", " + result.model().executionProvider();
  }

  private void model(String title, List<StackResult> results) {
    text.append(title);
    text.append(evaluation.plan().validOnly() ? ", valid pixels only\n" : ", every pixel\n");
    List<MeanScores> means = MeanScores.of(results, evaluation.plan().groups());
    for (String unit : List.of("dioptre", "index")) {
      List<StackResult> ofUnit =
          results.stream().filter(result -> result.stack().unit().equals(unit)).toList();
      if (!ofUnit.isEmpty()) {
        unit(unit, ofUnit, means.stream().filter(mean -> mean.unit().equals(unit)).toList());
      }
    }
    text.append('\n');
  }

  private void unit(String unit, List<StackResult> results, List<MeanScores> means) {
    List<Metric> columns = columns(unit);
    table(unit + " stacks", columns, results, means);
    List<Metric> detail =
        ofKind(Kind.DETAIL).stream()
            .filter(metric -> metric != Metric.MAE_MONOTONE || unit.equals("index"))
            .toList();
    table("errors", detail, results, means);
    confidence(means);
    table("published", ofKind(Kind.PUBLISHED), results, means);
  }

  private void table(
      String name, List<Metric> columns, List<StackResult> results, List<MeanScores> means) {
    header(name, columns);
    results.forEach(result -> row(result.stack().name(), columns, result.scores()));
    means.forEach(mean -> row(meanName(mean), columns, mean.scores()));
  }

  private static List<Metric> ofKind(Kind kind) {
    return Arrays.stream(Metric.values()).filter(metric -> metric.kind() == kind).toList();
  }

  private List<Metric> columns(String unit) {
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.kind() == Kind.ACCURACY || metric.kind() == Kind.RUN)
        .filter(metric -> metric != Metric.MAE_AFFINE || unit.equals("index"))
        .filter(metric -> metric != Metric.COVERAGE || evaluation.plan().validOnly())
        // Fifteen columns do not fit; the summary has this one.
        .filter(metric -> metric != Metric.ROLLING_MILLIS || !evaluation.plan().validOnly())
        .toList();
  }

  private void confidence(List<MeanScores> means) {
    if (means.isEmpty()) {
      return;
    }
    List<Metric> columns = ofKind(Kind.CONFIDENCE);
    header("confidence", columns);
    means.forEach(mean -> row(meanName(mean), columns, mean.scores()));
  }

  private void header(String name, List<Metric> columns) {
    cell(name, false);
    columns.forEach(metric -> figure(metric.label()));
    text.append('\n');
  }

  private void row(String name, List<Metric> columns, Scores scores) {
    cell(INDENT + name, true);
    columns.forEach(metric -> figure(NumberFormats.of(scores.get(metric))));
    text.append('\n');
  }

  private void cell(String name, boolean shorten) {
    String shown =
        shorten && name.length() > nameWidth ? name.substring(0, nameWidth - 1) + "~" : name;
    text.append(shown).append(" ".repeat(Math.max(0, nameWidth - shown.length())));
  }

  private void figure(String value) {
    text.append(" ".repeat(Math.max(1, FIGURE - value.length()))).append(value);
  }

  private static String meanName(MeanScores mean) {
    String name = mean.isOfAll() ? mean.unit() : mean.name();
    return meanName(name, mean.stacks().size());
  }

  private static String meanName(String name, int stacks) {
    return "mean " + name + " (" + stacks + ")";
  }
}
