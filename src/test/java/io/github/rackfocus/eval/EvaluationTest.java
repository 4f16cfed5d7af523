package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  @TempDir private Path root;

  private Path stacks;
  private Path out;

  @BeforeEach
  void writeStacks() throws IOException {
    stacks = Files.createDirectory(root.resolve("stacks"));
    out = root.resolve("out");
    StackFolders.dioptre(stacks, "slope");
    StackFolders.index(stacks, "far", false);
    StackFolders.index(stacks, "near", true);
    StackFolders.withoutTruth(stacks, "wild");
    Files.createDirectory(stacks.resolve("no-stack"));
  }

  @Test
  void shouldEvaluateEveryModelOnEveryStack() throws IOException {
    Evaluation evaluation = run(plan(List.of(0.0), false));
    assertThat(evaluation.failures()).isEmpty();
    assertThat(evaluation.results())
        .extracting(result -> result.model().name() + " " + result.stack().name())
        .containsExactly(
            "sml far",
            "sml near",
            "sml slope",
            "sml wild",
            "ddl far",
            "ddl near",
            "ddl slope",
            "ddl wild");
    for (StackResult result : evaluation.results()) {
      assertThat(result.hasTruth()).isEqualTo(!result.stack().name().equals("wild"));
      if (result.hasTruth()) {
        assertThat(result.scores().get(Metric.MAE_PLANES)).isLessThan(0.2);
        assertThat(result.scores().get(Metric.CORR)).isGreaterThan(0.95);
        assertThat(result.scores().get(Metric.COVERAGE)).isEqualTo(1);
      }
    }
    assertThat(result(evaluation, "sml", "slope").pixels().known())
        .isEqualTo((StackFolders.WIDTH - 1) * StackFolders.HEIGHT);
  }

  @Test
  void shouldWriteDepthOnTheAxisOfTheFile() throws IOException {
    run(plan(List.of(0.0), false));
    int middle = StackFolders.HEIGHT / 2 * StackFolders.WIDTH + StackFolders.WIDTH / 2;
    double plane = StackFolders.plane(StackFolders.WIDTH / 2);
    assertThat(depth("slope", middle)).isCloseTo(1 / (1 + 0.5 * plane), within(0.03));
    assertThat(depth("far", middle)).isCloseTo(plane + 1, within(0.3));
    assertThat(depth("near", middle)).isCloseTo(7 - plane, within(0.3));
    assertThat(depth("wild", middle)).isCloseTo(1 / (1 + 0.5 * plane), within(0.03));
  }

  @Test
  void shouldEvaluateBothOrdersOfTheSameImagesEqually() throws IOException {
    Evaluation evaluation = run(plan(List.of(0.0), false));
    Scores far = result(evaluation, "ddl", "far").scores();
    Scores near = result(evaluation, "ddl", "near").scores();
    for (Metric metric : List.of(Metric.MAE, Metric.MAE_PLANES, Metric.CORR, Metric.BEST_50)) {
      assertThat(near.get(metric)).as(metric.key()).isCloseTo(far.get(metric), within(1e-4));
    }
  }

  @Test
  void shouldEvaluateOnlyPublishedPixelsOnRequest() throws IOException {
    Evaluation evaluation = run(plan(List.of(60.0), true));
    StackResult slope = result(evaluation, "sml", "slope");
    assertThat(slope.scores().get(Metric.COVERAGE)).isBetween(0.01, 0.99);
    assertThat(slope.pixels().evaluated()).isLessThan(slope.pixels().known());
    StackResult every = result(run(plan(List.of(60.0), false)), "sml", "slope");
    assertThat(slope.scores().get(Metric.MAE_PLANES))
        .isLessThan(every.scores().get(Metric.MAE_PLANES));
    // The written maps still have every pixel.
    Pfm written = Pfm.read(out.resolve("noise-60/sml/slope.pfm"));
    for (float value : written.values()) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void shouldFindLargerErrorsWithMoreNoise() throws IOException {
    Evaluation evaluation = run(plan(List.of(0.0, 20.0, 60.0), false));
    double last = 0;
    for (StackResult result : evaluation.results()) {
      if (result.model().name().equals("sml") && result.stack().name().equals("slope")) {
        assertThat(result.scores().get(Metric.MAE_PLANES)).isGreaterThan(last);
        last = result.scores().get(Metric.MAE_PLANES);
      }
    }
    assertThat(evaluation.results()).hasSize(24);
  }

  @Test
  void shouldAddTheSameNoiseEveryTime() throws IOException {
    EvaluationStack stack = EvaluationStack.read(stacks.resolve("slope"));
    FramePool pool = new FramePool(28);
    try (FocalStack clean = stack.lease(pool, 0);
        FocalStack first = stack.withNoise(10).lease(pool, 0);
        FocalStack second = stack.withNoise(10).lease(pool, 0)) {
      double squares = 0;
      int pixels = clean.frame(3).pixels();
      for (int i = 0; i < pixels; i++) {
        assertThat(second.frame(3).lumaAt(i)).isEqualTo(first.frame(3).lumaAt(i));
        double noise = first.frame(3).lumaAt(i) - clean.frame(3).lumaAt(i);
        squares += noise * noise;
      }
      assertThat(Math.sqrt(squares / pixels)).isBetween(9.0, 10.7);
      assertThat(first.frame(0).luma().mismatch(first.frame(1).luma())).isNotEqualTo(-1);
    }
    assertThat(pool.leased()).isZero();
    assertThat(stack.withNoise(0)).isSameAs(stack);
    assertThatIllegalArgumentException().isThrownBy(() -> stack.withNoise(-1));
  }

  @Test
  void shouldAverageByUnitAndGroup() throws IOException {
    StackFolders.dioptre(stacks, "slope-2");
    EvaluationPlan plan = plan(List.of(0.0), false, StackGroup.parse("some=*,!*-2,!near"));
    Evaluation evaluation = run(plan);
    List<StackResult> ofSml =
        evaluation.results().stream().filter(r -> r.model().name().equals("sml")).toList();
    List<MeanScores> means = MeanScores.of(ofSml, plan.groups());
    assertThat(means)
        .extracting(mean -> mean.name() + " " + mean.unit() + " " + mean.stacks())
        .containsExactly(
            "all dioptre [slope, slope-2]",
            "all index [far, near]",
            "some dioptre [slope]",
            "some index [far]");
    double far = result(evaluation, "sml", "far").scores().get(Metric.MAE_AFFINE);
    double near = result(evaluation, "sml", "near").scores().get(Metric.MAE_AFFINE);
    assertThat(means.get(1).scores().get(Metric.MAE_AFFINE))
        .isCloseTo((far + near) / 2, within(1e-12));
  }

  @Test
  void shouldPrintTablesOfAtMost120Columns() throws IOException {
    StackFolders.dioptre(stacks, "a-stack-with-a-name-that-is-longer-than-any-column-is-wide");
    Evaluation evaluation = run(plan(List.of(0.0, 5.0), true, StackGroup.parse("some=far")));
    String table = EvaluationTable.of(evaluation);
    assertThat(table.lines()).allMatch(line -> line.length() <= 120);
    assertThat(table)
        .contains(
            "sml 1.0.0",
            "ddl 1.0.0",
            "noise 5/255",
            "mean dioptre (2)",
            "mean index (2)",
            "mean some (1)")
        .contains("MAE", "MSE", "RMS", "logRMS", "AbsRel", "SqRel", "Acc_1", "Acc_2", "Acc_3")
        .contains("Corr", "planes", "affine", "cover", "ms", "best50")
        .contains("errors", "steps", "rest", "all>1", "mono");
    List<Integer> widths =
        table.lines().filter(line -> line.startsWith("  slope")).map(String::length).toList();
    // Two models, two noises; in each the rows of all metrics, of the errors, of what is published.
    assertThat(widths).hasSize(12).containsOnly(widths.get(0), widths.get(1), widths.get(2));
  }

  @Test
  void shouldCompareAllModels() throws IOException {
    EvaluationPlan plan =
        plan(List.of(0.0, 5.0), false, StackGroup.parse("far=far"), StackGroup.parse("near=near"));
    String table = EvaluationTable.of(run(plan));
    List<String> summary = table.lines().dropWhile(line -> !line.startsWith("all models")).toList();
    assertThat(summary).allMatch(line -> line.length() <= 120);
    assertThat(summary.get(0)).contains("| dioptre", "| index", "| far index");
    assertThat(summary.get(1)).contains("K", "MB", "ms", "roll", "AbsRel", "planes", "Corr");
    assertThat(summary.stream().filter(line -> line.startsWith("  "))).hasSizeGreaterThan(8);
    assertThat(summary).anyMatch(line -> line.startsWith("  sml "));
    assertThat(summary).anyMatch(line -> line.startsWith("  ddl +5 "));
    assertThat(String.join("\n", summary)).contains("| near index");
    // There is no comparison of a single row.
    EvaluationPlan one =
        new EvaluationPlan(
            plan.folders(),
            List.of("sml"),
            List.of(0.0),
            RegistrationMode.OFF,
            false,
            1,
            null,
            plan.groups());
    assertThat(EvaluationTable.of(run(one))).doesNotContain("all models");
  }

  @Test
  void shouldReplaceOneFrameAtATime() throws IOException {
    EvaluationStack stack = EvaluationStack.read(stacks.resolve("slope"));
    FramePool pool = new FramePool(stack.planes() + 1);
    try (RollingStackPlayer player = new RollingStackPlayer(stack, pool, 100)) {
      List<Long> before = sequences(player.current());
      for (int plane = 0; plane < 2 * stack.planes(); plane++) {
        FocalStack next = player.next();
        assertThat(next.referencePlane()).isEqualTo(plane % stack.planes());
        List<Long> after = sequences(next);
        for (int z = 0; z < stack.planes(); z++) {
          if (z == plane % stack.planes()) {
            assertThat(after.get(z)).isEqualTo(100L + stack.planes() + plane);
          } else {
            assertThat(after.get(z)).isEqualTo(before.get(z));
          }
        }
        before = after;
      }
      assertThat(player.nextSequence()).isEqualTo(100 + 3L * stack.planes());
    }
    assertThat(pool.leased()).isZero();
  }

  private static List<Long> sequences(FocalStack stack) {
    try (stack) {
      List<Long> sequences = new ArrayList<>();
      for (int z = 0; z < stack.planes(); z++) {
        sequences.add(stack.frame(z).sequence());
      }
      return sequences;
    }
  }

  @Test
  void shouldTimeTheWholeStackAndARollingUpdate() throws IOException {
    long[] now = {0};
    EvaluationPlan plan = plan(List.of(0.0), false);
    Evaluation evaluation = Evaluation.run(plan, new Baselines(), () -> now[0] += 7, done -> {});
    for (StackResult result : evaluation.results()) {
      assertThat(result.scores().get(Metric.MILLIS)).isEqualTo(7e-6);
      assertThat(result.scores().get(Metric.ROLLING_MILLIS)).isEqualTo(7e-6);
    }
    assertThat(evaluation.modelBytes()).containsEntry("sml", 0L).containsEntry("ddl", 0L);
  }

  @Test
  void shouldWriteAllScoresAsJson() throws IOException {
    Evaluation evaluation = run(plan(List.of(0.0), false, StackGroup.parse("some=far")));
    Path file = root.resolve("report.json");
    EvaluationReport.write(evaluation, file);
    JsonNode report = new ObjectMapper().readTree(file.toFile());
    assertThat(report.at("/versions/opencv").asText()).startsWith("4.");
    assertThat(report.at("/runs")).hasSize(2);
    JsonNode slope = report.at("/runs/1/stacks/2");
    assertThat(report.at("/runs/1/model").asText()).isEqualTo("ddl");
    assertThat(slope.at("/stack").asText()).isEqualTo("slope");
    assertThat(slope.at("/inputSha256").asText()).matches("[0-9a-f]{64}");
    assertThat(slope.at("/metrics/mae").asDouble())
        .isEqualTo(result(evaluation, "ddl", "slope").scores().get(Metric.MAE));
    assertThat(slope.at("/metrics/maeAffine").isNull()).isTrue();
    for (Metric metric : Metric.values()) {
      assertThat(slope.at("/metrics").has(metric.key())).as(metric.key()).isTrue();
    }
    assertThat(report.at("/runs/0/means/2/name").asText()).isEqualTo("some");
  }

  @Test
  void shouldHaveAnotherHashForChangedInputs() throws IOException {
    String before = EvaluationStack.read(stacks.resolve("slope")).info().inputSha256();
    assertThat(EvaluationStack.read(stacks.resolve("slope")).info().inputSha256())
        .isEqualTo(before);
    Files.copy(
        stacks.resolve("slope/000.png"),
        stacks.resolve("slope/001.png"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(EvaluationStack.read(stacks.resolve("slope")).info().inputSha256())
        .isNotEqualTo(before);
  }

  @Test
  void shouldReportProgressForEachResult() throws IOException {
    List<String> done = new ArrayList<>();
    EvaluationPlan plan = plan(List.of(0.0), false);
    Evaluation.run(plan, new Baselines(), System::nanoTime, done::add);
    assertThat(done).hasSize(plan.size()).contains("ddl on slope");
  }

  @Test
  void shouldContinueWhenAModelRejectsAStack() throws IOException {
    EstimatorFactory choosy = new ChoosyFactory();
    Evaluation evaluation =
        Evaluation.run(plan(List.of(0.0), false), choosy, System::nanoTime, done -> {});
    assertThat(evaluation.results())
        .extracting(result -> result.stack().name())
        .doesNotContain("far", "near");
    assertThat(evaluation.failures()).hasSize(4).contains("ddl on far: takes dioptres only");
  }

  @Test
  void shouldReportFoldersWithoutStacks() throws IOException {
    Path empty = Files.createDirectory(root.resolve("empty"));
    assertThatIOException()
        .isThrownBy(() -> EvaluationPlan.stackFolders(empty))
        .withMessageContaining("empty")
        .withMessageContaining("stack.json");
    assertThatIOException()
        .isThrownBy(() -> EvaluationPlan.stackFolders(root.resolve("nowhere")))
        .withMessageContaining("nowhere: is not a folder");
    assertThat(EvaluationPlan.stackFolders(stacks.resolve("far"))).hasSize(1);
  }

  @Test
  void shouldReportAnOutputFolderThatCannotBeCreated() throws IOException {
    Files.writeString(out, "a file where a folder should be");
    assertThatIOException()
        .isThrownBy(() -> run(plan(List.of(0.0), false)))
        .withMessageContaining("out")
        .withMessageContaining("folder cannot be created");
  }

  private EvaluationPlan plan(List<Double> noises, boolean validOnly, StackGroup... groups)
      throws IOException {
    return new EvaluationPlan(
        EvaluationPlan.stackFolders(stacks),
        List.of("sml", "ddl"),
        noises,
        RegistrationMode.OFF,
        validOnly,
        1,
        out,
        List.of(groups));
  }

  private static Evaluation run(EvaluationPlan plan) throws IOException {
    return Evaluation.run(plan, new Baselines(), System::nanoTime, done -> {});
  }

  private static StackResult result(Evaluation evaluation, String model, String stack) {
    return evaluation.results().stream()
        .filter(r -> r.model().name().equals(model) && r.stack().name().equals(stack))
        .findFirst()
        .orElseThrow();
  }

  private double depth(String stack, int pixel) throws IOException {
    return Pfm.read(out.resolve("ddl").resolve(stack + ".pfm")).values()[pixel];
  }
}
