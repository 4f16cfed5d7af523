package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.common.NativeLibraries;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;

class FocusMeasureTest {
  @BeforeAll
  static void load() {
    NativeLibraries.loadOpenCv();
  }

  @Test
  void shouldMeasureADotAsTheFormulaSays() {
    // One pixel of 90: each axis answers 180 at it and 90 at its two neighbours, 720 in all.
    assertThat(atCentreOfDot(FocusMeasure.sumModifiedLaplacian()))
        .isCloseTo(720.0 / 81, within(1e-4));
    // 4 directions of 4 dilations answer 16 x 180 at it and 16 x 2 x 90 around it.
    assertThat(atCentreOfDot(FocusMeasure.directionalDilatedLaplacian()))
        .isCloseTo(16 * 360.0 / 225, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "8, 5", "61, 47"})
  void shouldFindNoSharpnessInAFlatImageOfAnySize(int width, int height) {
    Mat luma = new Mat(height, width, CvType.CV_8UC1, new Scalar(77));
    Mat sharpness = new Mat();
    try (FocusMeasure measure = FocusMeasure.directionalDilatedLaplacian()) {
      measure.measure(luma, sharpness);
    }
    assertThat(sharpness.size()).isEqualTo(luma.size());
    assertThat(sharpness.get(height - 1, width - 1)[0]).isZero();
  }

  @Test
  void shouldNotOverflowAtTheStrongestContrast() {
    Mat luma = new Mat(40, 40, CvType.CV_8UC1, new Scalar(0));
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 40; x++) {
        luma.put(y, x, (x + y) % 2 * 255.0);
      }
    }
    Mat sharpness = new Mat();
    try (FocusMeasure measure = FocusMeasure.directionalDilatedLaplacian()) {
      measure.measure(luma, sharpness);
    }
    // Dilations 1 and 3 along the axes see 510, along the diagonals and at 2 and 4 nothing.
    assertThat(sharpness.get(20, 20)[0]).isCloseTo(4 * 510.0, within(1e-3));
  }

  private static double atCentreOfDot(FocusMeasure measure) {
    Mat luma = new Mat(41, 41, CvType.CV_8UC1, new Scalar(10));
    luma.put(20, 20, 100);
    Mat sharpness = new Mat();
    try (measure) {
      measure.measure(luma, sharpness);
    }
    return sharpness.get(20, 20)[0];
  }
}
