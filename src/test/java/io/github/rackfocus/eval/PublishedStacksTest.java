package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.registration.RegistrationMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares the baselines with published results on stacks that are not part of the project; skipped
 * if {@code ../shared/data/stacks} does not exist.
 *
 * <p>The expected values come from another implementation. Ours agrees within 0.1 % on the index
 * stacks except greek, which is nearly blank and differs by 1 %. On rendered stacks our errors are
 * 1.4 to 2.4 % higher, for an unknown reason. The rule for a parabola without a top was chosen by
 * its agreement with these values, so they do not verify that rule independently; the bounds were
 * set with the differences known.
 */
class PublishedStacksTest {
  private static final Path STACKS = Path.of("..", "shared", "data", "stacks");
  private static final Percentage NEAR = Percentage.withPercentage(3);

  private static Evaluation evaluation;

  @BeforeAll
  static void evaluate() throws IOException {
    assumeTrue(Files.isDirectory(STACKS), "no stacks beside the checkout");
    List<Path> folders =
        EvaluationPlan.stackFolders(STACKS).stream()
            .filter(folder -> Files.exists(folder.resolve("depth.pfm")))
            .toList();
    EvaluationPlan plan =
        new EvaluationPlan(
            folders,
            List.of("sml", "ddl"),
            List.of(0.0),
            RegistrationMode.OFF,
            false,
            1,
            null,
            List.of(StackGroup.parse("hci=hci-*,!hci-greek"), StackGroup.parse("greek=*-greek")));
    evaluation = Evaluation.run(plan, new Baselines(), System::nanoTime, done -> {});
  }

  @Test
  void shouldAgreeOnIndexStacks() {
    assertIndex("sml", "hci", 0.880, 1.66, 0.005);
    assertIndex("ddl", "hci", 0.837, 2.09, 0.005);
    assertIndex("sml", "greek", 0.588, 5.17, 0.02);
    assertIndex("ddl", "greek", 0.643, 4.72, 0.02);
  }

  @Test
  void shouldAgreeOnRenderedStacks() {
    assertRendered("sml", 0.0505, 0.61);
    assertRendered("ddl", 0.0284, 0.347);
  }

  private static void assertIndex(
      String model, String group, double corr, double affine, double tolerance) {
    Scores scores = mean(model, group, "index");
    assertThat(scores.get(Metric.CORR)).isCloseTo(corr, within(tolerance));
    assertThat(scores.get(Metric.MAE_AFFINE)).isCloseTo(affine, NEAR);
  }

  private static void assertRendered(String model, double absRel, double planes) {
    Scores scores = mean(model, "all", "dioptre");
    assertThat(scores.get(Metric.ABS_REL)).isCloseTo(absRel, NEAR);
    assertThat(scores.get(Metric.MAE_PLANES)).isCloseTo(planes, NEAR);
  }

  private static Scores mean(String model, String name, String unit) {
    List<StackResult> results =
        evaluation.results().stream().filter(r -> r.model().name().equals(model)).toList();
    return MeanScores.of(results, evaluation.plan().groups()).stream()
        .filter(mean -> mean.name().equals(name) && mean.unit().equals(unit))
        .findFirst()
        .orElseThrow()
        .scores();
  }
}
