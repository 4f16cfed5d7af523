package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfidenceScoresTest {
  @Test
  void shouldAverageTheMostConfidentPixels() {
    ConfidenceScores pixels = new ConfidenceScores(10);
    for (int i = 0; i < 10; i++) {
      // The error of a pixel is its rank by confidence, 0 for the most confident.
      int rank = (i * 7) % 10;
      pixels.add(rank, 1, 1 - rank / 10f);
    }
    Scores scores = pixels.scores();
    assertThat(scores.get(Metric.BEST_50)).isCloseTo(2, within(1e-9));
    assertThat(scores.get(Metric.BEST_80)).isCloseTo(3.5, within(1e-9));
    assertThat(scores.get(Metric.BEST_95)).isCloseTo(4.5, within(1e-9));
  }

  @Test
  void shouldFindLaplacianErrorsWithinTheirBounds() {
    int count = 40_000;
    ConfidenceScores pixels = new ConfidenceScores(count);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < count; i++) {
      double expected = 0.1 + random.nextDouble();
      pixels.add(expected * random.nextExponential(), expected, random.nextFloat());
    }
    Scores scores = pixels.scores();
    assertThat(scores.get(Metric.WITHIN_68)).isCloseTo(0.68, within(0.01));
    assertThat(scores.get(Metric.WITHIN_95)).isCloseTo(0.95, within(0.01));
    assertThat(scores.get(Metric.STATED)).isCloseTo(1, within(0.02));
  }

  @Test
  void shouldDetectExpectedErrorsThatAreTooSmall() {
    ConfidenceScores pixels = new ConfidenceScores(2);
    pixels.add(1, 0.1, 0.5f);
    pixels.add(1, 0.1, 0.6f);
    assertThat(pixels.scores().get(Metric.WITHIN_95)).isZero();
    assertThat(pixels.scores().get(Metric.STATED)).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void shouldBeUndefinedWithoutPixels() {
    assertThat(new ConfidenceScores(0).scores().has(Metric.BEST_50)).isFalse();
  }
}
