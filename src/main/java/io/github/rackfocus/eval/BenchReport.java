package io.github.rackfocus.eval;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bench measured, as JSON and as a table: a run for each size, number of planes and number
 * of iterations, in it a section for each lane by its name. The sections of a single run stand at
 * the top.
 */
public final class BenchReport {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, Object> head = new LinkedHashMap<>();
  private final List<Map<String, Object>> runs = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();

  /**
   * @param versions of the libraries that compute, by name
   */
  public BenchReport(Map<String, String> versions) {
    head.put("format", FORMAT);
    head.put("machine", Machine.tree(versions));
  }

  /** Adds what one run measured. */
  public void add(
      int width,
      int height,
      int planes,
      int iterations,
      String precision,
      String inputSha256,
      Bench bench) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("width", width);
    run.put("height", height);
    run.put("planes", planes);
    run.put("iterations", iterations);
    run.put("precision", precision);
    run.put("inputSha256", inputSha256);
    run.put("loadAfter", Machine.load());
    for (BenchmarkSubject lane : bench.lanes()) {
      Map<String, Object> section = bench.stats(lane.name()).tree();
      section.put("model", lane.model().name());
      section.put("modelVersion", lane.model().version());
      section.put("modelSha256", lane.model().sha256());
      section.put("executionProvider", lane.executionProvider());
      run.put(lane.name(), section);
    }
    Map<String, Double> ratios = ratios(bench);
    run.put("ratios", ratios);
    runs.add(run);
    rows.addAll(table(width, height, planes, iterations, precision, bench));
    ratios.forEach((name, value) -> rows.add(String.format(Locale.ROOT, "  %s %.3f", name, value)));
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
    SubjectStats full = stats(bench, "full");
    if (full != null) {
      ratios.put("fullToRolling", full.millis(50) / rolling.millis(50));
    }
    ratios.put("p99ToP50", rolling.millis(99) / rolling.millis(50));
    return ratios;
  }

  private static @Nullable SubjectStats stats(Bench bench, String name) {
    return bench.lanes().stream().anyMatch(lane -> lane.name().equals(name))
        ? bench.stats(name)
        : null;
  }

  private static List<String> table(
      int width, int height, int planes, int iterations, String precision, Bench bench) {
    List<String> table = new ArrayList<>();
    table.add(
        String.format(
            Locale.ROOT,
            "%dx%d, %d planes, K = %d, %s",
            width,
            height,
            planes,
            iterations,
            precision));
    table.add(
        String.format(
            "  %-9s %8s %8s %8s %8s %8s %7s %9s %10s",
            "", "p50 ms", "p95", "p99", "p99.9", "min", "maps/s", "CPU ms", "bytes/map"));
    for (BenchmarkSubject lane : bench.lanes()) {
      SubjectStats stats = bench.stats(lane.name());
      table.add(
          String.format(
              Locale.ROOT,
              "  %-9s %8.2f %8.2f %8.2f %8.2f %8.2f %7.1f %9.1f %10.0f",
              lane.name(),
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

  /** Adds what a paced run through the node measured. */
  public void addPaced(LatencyRecorder course, GcPauses pauses) {
    Map<String, Object> paced = course.tree();
    paced.put("gcPauses", pauses.tree());
    head.put("paced", paced);
  }

  /** Adds the pauses of the whole bench. */
  public void addPauses(GcPauses pauses) {
    head.put("gcPauses", pauses.tree());
  }

  /** The table, a line each, so far; and forgets them. */
  public List<String> takeRows() {
    List<String> taken = List.copyOf(rows);
    rows.clear();
    return taken;
  }

  /** The report as it is written. */
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
   * @throws IOException naming the file, if it can't be written
   */
  public void write(Path file) throws IOException {
    try {
      Files.write(file, JSON.writeValueAsBytes(tree()));
    } catch (IOException e) {
      throw new IOException(file + ": can't be written (" + e + ")", e);
    }
  }
}
