package io.github.rackfocus.eval;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.rackfocus.common.OutputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark as JSON and as a table.
 *
 * <p>There is one run per combination of image size, planes and iterations, with one section per
 * subject. The sections of the first run are at the top level of the JSON; several runs are also
 * listed under {@code runs}.
 */
public final class BenchReport {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, Object> head = new LinkedHashMap<>();
  private final List<Map<String, Object>> runs = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();
  private final Map<Run, Double> rollingMillis = new LinkedHashMap<>();

  /**
   * @param versions versions of the libraries that compute, by name
   */
  public BenchReport(Map<String, String> versions) {
    head.put("format", FORMAT);
    head.put("machine", Machine.tree(versions));
  }

  /**
   * What one run was made with.
   *
   * @param precision {@code fp32} or {@code int8}
   * @param inputSha256 hash of the input's pixels
   */
  public record Run(
      int width, int height, int planes, int iterations, String precision, String inputSha256) {}

  /** Adds the measurements of a run. */
  public void add(Run run, Bench bench) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("width", run.width());
    tree.put("height", run.height());
    tree.put("planes", run.planes());
    tree.put("iterations", run.iterations());
    tree.put("precision", run.precision());
    tree.put("inputSha256", run.inputSha256());
    tree.put("loadAfter", Machine.load());
    for (BenchmarkSubject subject : bench.subjects()) {
      Map<String, Object> section = bench.stats(subject.name()).tree();
      section.put("model", subject.model().name());
      section.put("modelVersion", subject.model().version());
      section.put("modelSha256", subject.model().sha256());
      section.put("executionProvider", subject.executionProvider());
      tree.put(subject.name(), section);
    }
    Map<String, Double> ratios = ratios(bench);
    addRatioOfPlanes(run, bench, ratios);
    tree.put("ratios", ratios);
    runs.add(tree);
    rows.addAll(table(run, bench));
    ratios.forEach(
        (name, value) -> rows.add(String.format(Locale.ROOT, "  ratio %s %.3f", name, value)));
  }

  /** Compares with the first run of the same size and iterations: what more planes cost. */
  private void addRatioOfPlanes(Run run, Bench bench, Map<String, Double> ratios) {
    SubjectStats rolling = stats(bench, "rolling");
    if (rolling == null) {
      return;
    }
    for (Map.Entry<Run, Double> other : rollingMillis.entrySet()) {
      Run first = other.getKey();
      if (first.width() == run.width()
          && first.height() == run.height()
          && first.iterations() == run.iterations()) {
        ratios.put(
            "rollingToThatOf" + first.planes() + "Planes", rolling.millis(50) / other.getValue());
        return;
      }
    }
    rollingMillis.put(run, rolling.millis(50));
  }

  private static Map<String, Double> ratios(Bench bench) {
    Map<String, Double> ratios = new LinkedHashMap<>();
    SubjectStats rolling = stats(bench, "rolling");
    if (rolling == null) {
      return ratios;
    }
    SubjectStats bare = stats(bench, "bareOrt");
    if (bare != null) {
      ratios.put("rollingToBareOrt", rolling.millis(50) / bare.millis(50));
    }
    SubjectStats allPlanes = stats(bench, "allPlanes");
    if (allPlanes != null) {
      ratios.put("rollingToAllPlanes", rolling.millis(50) / allPlanes.millis(50));
    }
    SubjectStats full = stats(bench, "full");
    if (full != null) {
      ratios.put("rollingToFull", rolling.millis(50) / full.millis(50));
      ratios.put("fullToRolling", full.millis(50) / rolling.millis(50));
    }
    ratios.put("p99ToP50", rolling.millis(99) / rolling.millis(50));
    return ratios;
  }

  private static @Nullable SubjectStats stats(Bench bench, String name) {
    return bench.subjects().stream().anyMatch(subject -> subject.name().equals(name))
        ? bench.stats(name)
        : null;
  }

  private static List<String> table(Run run, Bench bench) {
    List<String> table = new ArrayList<>();
    table.add(
        String.format(
            Locale.ROOT,
            "%dx%d, %d planes, K = %d, %s",
            run.width(),
            run.height(),
            run.planes(),
            run.iterations(),
            run.precision()));
    table.add(
        String.format(
            Locale.ROOT,
            "  %-9s %8s %8s %8s %8s %8s %7s %9s %10s",
            "",
            "p50 ms",
            "p95",
            "p99",
            "p99.9",
            "min",
            "maps/s",
            "CPU ms",
            "bytes/map"));
    for (BenchmarkSubject subject : bench.subjects()) {
      SubjectStats stats = bench.stats(subject.name());
      table.add(
          String.format(
              Locale.ROOT,
              "  %-9s %8.2f %8.2f %8.2f %8.2f %8.2f %7.1f %9.1f %10.0f",
              subject.name(),
              stats.millis(50),
              stats.millis(95),
              stats.millis(99),
              stats.millis(99.9),
              stats.millis(0),
              1000 / Math.max(1e-9, stats.millis(50)),
              stats.cpuMillisPerMap(),
              stats.allocatedBytesPerMap()));
    }
    return table;
  }

  /** Adds the measurements of a run of the whole node at a camera's rate. */
  public void addPaced(LatencyRecorder recorder, GcPauses pauses) {
    Map<String, Object> paced = recorder.tree();
    paced.put("gcPauses", pauses.tree());
    head.put("paced", paced);
  }

  /** Adds the garbage-collection pauses of the whole benchmark. */
  public void addPauses(GcPauses pauses) {
    head.put("gcPauses", pauses.tree());
  }

  /** Returns the lines of the table that were added since the last call. */
  public List<String> takeRows() {
    List<String> taken = List.copyOf(rows);
    rows.clear();
    return taken;
  }

  /** Returns the report as the tree that is written. */
  public Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>(head);
    if (!runs.isEmpty()) {
      tree.putAll(runs.get(0));
    }
    if (runs.size() > 1) {
      tree.put("runs", runs);
    }
    return tree;
  }

  /**
   * Writes the report.
   *
   * @throws IOException if the file cannot be written; the message names it
   */
  public void write(Path file) throws IOException {
    OutputFiles.write(file, JSON.writeValueAsBytes(tree()));
  }
}
