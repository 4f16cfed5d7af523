package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocusAxis;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DepthMetricsTest {
  private static final Offset<Double> TINY = within(1e-6);
  private static final FocusAxis DIOPTRES = new FocusAxis(FocusScale.DIOPTRE, 0.25, 0.5, 1, 2);
  private static final FocusAxis FAR_FIRST = new FocusAxis(FocusScale.INDEX_FAR_FIRST, 1, 2, 3, 4);
  private static final FocusAxis NEAR_FIRST =
      new FocusAxis(FocusScale.INDEX_NEAR_FIRST, -4, -3, -2, -1);

  @Test
  void shouldAgreeWithValuesComputedByHand() {
    float[] prediction = {1f, 2f, 4f, 1f};
    float[] truth = {1f, 1f, 2f, 2f};
    Scores scores = DepthMetrics.of(prediction, truth, DIOPTRES).scores();
    // Errors 0, 1, 2, -1; ratios 1, 2, 2, 2; relative 0, 1, 1, 1/2.
    assertThat(scores.get(Metric.MAE)).isCloseTo(1.0, TINY);
    assertThat(scores.get(Metric.MSE)).isCloseTo(1.5, TINY);
    assertThat(scores.get(Metric.RMS)).isCloseTo(Math.sqrt(1.5), TINY);
    assertThat(scores.get(Metric.LOG_RMS)).isCloseTo(Math.log(2) * Math.sqrt(0.75), TINY);
    assertThat(scores.get(Metric.ABS_REL)).isCloseTo(0.625, TINY);
    assertThat(scores.get(Metric.SQ_REL)).isCloseTo((1 + 2 + 0.5) / 4, TINY);
    assertThat(scores.get(Metric.ACC_1)).isCloseTo(0.25, TINY);
    assertThat(scores.get(Metric.ACC_3)).isCloseTo(0.25, TINY);
    // Deviations -1, 0, 2, -1 and -1/2, -1/2, 1/2, 1/2.
    assertThat(scores.get(Metric.CORR)).isCloseTo(1 / Math.sqrt(6.0), TINY);
    // 1 m, 2 m and 4 m are planes 2, 1 and 0 of the axis.
    assertThat(scores.get(Metric.MAE_PLANES)).isCloseTo(0.75, TINY);
    assertThat(scores.get(Metric.COVERAGE)).isEqualTo(1);
    assertThat(scores.has(Metric.MAE_AFFINE)).isFalse();
  }

  @Test
  void shouldCountRatiosByPowersOfOneAndAQuarter() {
    float[] truth = {1f, 1f, 1f, 1f};
    float[] prediction = {1.2f, 1 / 1.5f, 1.9f, 2.1f};
    Scores scores = DepthMetrics.of(prediction, truth, DIOPTRES).scores();
    assertThat(scores.get(Metric.ACC_1)).isEqualTo(0.25);
    assertThat(scores.get(Metric.ACC_2)).isEqualTo(0.5);
    assertThat(scores.get(Metric.ACC_3)).isEqualTo(0.75);
  }

  @Test
  void shouldLeaveOutPixelsWithoutTruthOrPrediction() {
    float[] truth = {1f, 0f, Float.NaN, Float.POSITIVE_INFINITY, -1f, 2f, 2f};
    float[] prediction = {1f, 9f, 9f, 9f, 9f, Float.NaN, 2.5f};
    DepthMetrics metrics = DepthMetrics.of(prediction, truth, DIOPTRES);
    assertThat(metrics.pixels().known()).isEqualTo(3);
    assertThat(metrics.pixels().evaluated()).isEqualTo(2);
    assertThat(metrics.scores().get(Metric.MAE)).isCloseTo(0.25, TINY);
    assertThat(metrics.scores().get(Metric.COVERAGE)).isCloseTo(2.0 / 3, TINY);
  }

  @Test
  void shouldEvaluateInfinityInPlanesOnly() {
    FocusAxis axis = new FocusAxis(FocusScale.DIOPTRE, 0, 1, 2);
    float[] truth = {1f, 1f};
    float[] prediction = {Float.POSITIVE_INFINITY, 2f};
    DepthMetrics metrics = DepthMetrics.of(prediction, truth, axis);
    assertThat(metrics.pixels().atInfinity()).isEqualTo(1);
    assertThat(metrics.scores().get(Metric.MAE)).isCloseTo(1, TINY);
    assertThat(metrics.scores().get(Metric.MAE_PLANES)).isCloseTo(0.75, TINY);
  }

  @Test
  void shouldFitIndexStacksBeforeEvaluation() {
    float[] truth = {1f, 2f, 3f, 4f};
    float[] prediction = {2f, 2.5f, 3f, 3.5f};
    Scores scores = DepthMetrics.of(prediction, truth, FAR_FIRST).scores();
    assertThat(scores.get(Metric.MAE_AFFINE)).isCloseTo(0, TINY);
    assertThat(scores.get(Metric.MAE)).isCloseTo(0.5, TINY);
    assertThat(scores.get(Metric.CORR)).isCloseTo(1, TINY);
  }

  @Test
  void shouldMeasurePlanesEquallyInBothOrders() {
    float[] truth = {1f, 2f, 3f, 4f};
    float[] prediction = {2f, 2f, 3f, 3.5f};
    for (FocusAxis axis : new FocusAxis[] {FAR_FIRST, NEAR_FIRST}) {
      assertThat(DepthMetrics.of(prediction, truth, axis).scores().get(Metric.MAE_PLANES))
          .isCloseTo(1.5 / 4, TINY);
    }
  }

  @Test
  void shouldBeUndefinedWithoutEvaluatedPixels() {
    DepthMetrics metrics = DepthMetrics.of(new float[] {1f}, new float[] {0f}, DIOPTRES);
    assertThat(metrics.pixels().known()).isZero();
    for (Metric metric : Metric.values()) {
      assertThat(metrics.scores().has(metric)).as(metric.key()).isFalse();
    }
  }

  @Test
  void shouldHaveNoCorrelationWithAConstant() {
    Scores scores = DepthMetrics.of(new float[] {2f, 2f}, new float[] {1f, 2f}, FAR_FIRST).scores();
    assertThat(scores.has(Metric.CORR)).isFalse();
    assertThat(scores.get(Metric.MAE_AFFINE)).isCloseTo(0.5, TINY);
  }

  @Test
  void shouldRejectMapsOfDifferentSizes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DepthMetrics.of(new float[2], new float[3], DIOPTRES))
        .withMessage("2 predictions for 3 truths");
  }
}
