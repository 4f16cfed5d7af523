package io.github.rackfocus.eval;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.rackfocus.common.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.opencv.core.Core;

/**
 * Writes an evaluation as JSON: all scores by noise, model and stack, the means, software versions,
 * and hashes of models and inputs. Undefined scores are null; units are in the keys or in
 * docs/metrics.md. Apart from the times, equal runs give equal bytes.
 */
public final class EvaluationReport {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private EvaluationReport() {}

  /**
   * Writes the report.
   *
   * @throws IOException if the file cannot be written; the message names it
   */
  public static void write(Evaluation evaluation, Path file) throws IOException {
    OutputFiles.write(file, JSON.writeValueAsBytes(tree(evaluation)));
  }

  static Map<String, Object> tree(Evaluation evaluation) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("versions", versions());
    tree.put("validOnly", evaluation.plan().validOnly());
    tree.put("timedRepeats", evaluation.plan().repeats());
    List<Object> runs = new ArrayList<>();
    Map<List<Object>, List<StackResult>> byRun = new LinkedHashMap<>();
    for (StackResult result : evaluation.results()) {
      byRun
          .computeIfAbsent(
              List.of(result.stack().noise(), result.model().identity()), key -> new ArrayList<>())
          .add(result);
    }
    byRun.values().forEach(results -> runs.add(run(results, evaluation)));
    tree.put("runs", runs);
    tree.put("failures", evaluation.failures());
    return tree;
  }

  private static Map<String, Object> versions() {
    Map<String, Object> versions = new TreeMap<>();
    String own = EvaluationReport.class.getPackage().getImplementationVersion();
    versions.put("rackfocus", own == null ? "built from source" : own);
    versions.put("java", System.getProperty("java.runtime.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("opencv", Core.VERSION);
    versions.put("processors", Runtime.getRuntime().availableProcessors());
    return versions;
  }

  private static Map<String, Object> run(List<StackResult> results, Evaluation evaluation) {
    StackResult first = results.get(0);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("model", first.model().name());
    run.put("modelVersion", first.model().identity().version());
    run.put("modelSha256", first.model().identity().sha256());
    run.put("modelBytes", evaluation.modelBytes().getOrDefault(first.model().name(), 0L));
    run.put("executionProvider", first.model().executionProvider());
    run.put("iterations", first.model().iterations());
    run.put("noiseOf255", first.stack().noise());
    List<Object> stacks = new ArrayList<>();
    results.forEach(result -> stacks.add(stack(result)));
    run.put("stacks", stacks);
    List<Object> means = new ArrayList<>();
    MeanScores.of(results, evaluation.plan().groups()).forEach(mean -> means.add(mean(mean)));
    run.put("means", means);
    return run;
  }

  private static Map<String, Object> stack(StackResult result) {
    Map<String, Object> stack = new LinkedHashMap<>();
    stack.put("stack", result.stack().name());
    stack.put("unit", result.stack().unit());
    stack.put("planes", result.stack().planes());
    stack.put("width", result.stack().width());
    stack.put("height", result.stack().height());
    stack.put("inputSha256", result.stack().inputSha256());
    stack.put("pixelsWithTruth", result.pixels().known());
    stack.put("pixelsJudged", result.pixels().evaluated());
    stack.put("pixelsAtInfinity", result.pixels().atInfinity());
    stack.put("validShare", result.validShare());
    stack.put("metrics", metrics(result.scores()));
    stack.put("reliability", result.reliability().bins());
    return stack;
  }

  private static Map<String, Object> mean(MeanScores mean) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", mean.name());
    entry.put("unit", mean.unit());
    entry.put("stacks", mean.stacks());
    entry.put("metrics", metrics(mean.scores()));
    return entry;
  }

  private static Map<String, Object> metrics(Scores scores) {
    Map<String, Object> metrics = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      double value = scores.get(metric);
      metrics.put(metric.key(), Double.isFinite(value) ? value : null);
    }
    return metrics;
  }
}
