package io.github.rackfocus.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.frame.FocusScale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FocusAxisTest {
  @Provide
  Arbitrary<FocusAxis> axes() {
    Arbitrary<double[]> steps =
        Arbitraries.doubles().between(0.01, 2).array(double[].class).ofMinSize(3).ofMaxSize(64);
    return steps.map(step -> {
      double[] focus = new double[step.length];
      double at = 0.1;
      for (int i = 0; i < step.length; i++) {
        focus[i] = at;
        at += step[i];
      }
      return new FocusAxis(FocusScale.DIOPTRE, focus);
    });
  }

  @Property(seed = "20261120")
  void shouldGiveAReadingToItsNearestPlaneOrToNone(
      @ForAll("axes") FocusAxis axis, @ForAll @DoubleRange(min = -5, max = 140) double reading) {
    int plane = axis.planeOf(reading);
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < axis.planes(); i++) {
      best = Math.min(best, Math.abs(axis.focus(i) - reading));
    }
    if (plane >= 0) {
      assertThat(Math.abs(axis.focus(plane) - reading)).isCloseTo(best, within(1e-12));
    } else {
      double endStep =
          reading < axis.farthest()
              ? axis.focus(1) - axis.focus(0)
              : axis.nearest() - axis.focus(axis.planes() - 2);
      assertThat(best).isGreaterThan(FocusAxis.CAPTURE_RANGE * endStep);
    }
  }

  @Property(seed = "20261120")
  void shouldKeepTheOrderOfReadingsOnDifferentPlanes(
      @ForAll("axes") FocusAxis axis,
      @ForAll @DoubleRange(min = 0, max = 130) double a,
      @ForAll @DoubleRange(min = 0, max = 130) double b) {
    int planeOfA = axis.planeOf(a);
    int planeOfB = axis.planeOf(b);
    if (planeOfA >= 0 && planeOfB >= 0 && planeOfA < planeOfB) {
      assertThat(a).isLessThan(b);
    }
  }

  @Property(seed = "20261120")
  void shouldInvertPositions(
      @ForAll("axes") FocusAxis axis, @ForAll @DoubleRange(min = 0, max = 1) double position) {
    assertThat(axis.positionOf(axis.focusAt(position))).isCloseTo(position, within(1e-9));
  }

  @Property(seed = "20261120")
  void shouldCountPlanesFromFarToNear(@ForAll("axes") FocusAxis axis) {
    for (int i = 0; i < axis.planes(); i++) {
      assertThat(axis.planesAt(axis.focus(i))).isCloseTo(i, within(1e-9));
      assertThat(axis.planeOf(axis.focus(i))).isEqualTo(i);
    }
  }

  @Test
  void shouldRefuseWhatIsNotASweep() {
    assertThatThrownBy(() -> new FocusAxis(FocusScale.DIOPTRE, 1, 2))
        .hasMessageContaining("2 planes; expected 3 to 64");
    assertThatThrownBy(() -> FocusAxis.uniformDioptres(1, 2, 65)).hasMessageContaining("65 planes");
    assertThatThrownBy(() -> new FocusAxis(FocusScale.DIOPTRE, 1, 3, 2))
        .hasMessageContaining("plane 2 is 2.0 after 3.0");
    assertThatThrownBy(() -> new FocusAxis(FocusScale.DIOPTRE, -1, 3, 4))
        .hasMessageContaining("plane 0 is -1.0");
    assertThatThrownBy(() -> new FocusAxis(FocusScale.DIOPTRE, 1, Double.NaN, 4))
        .hasMessageContaining("plane 1 is NaN");
  }

  @Test
  void shouldTakeNegativeIndicesOfNearFirstFolders() {
    FocusAxis axis = new FocusAxis(FocusScale.INDEX_NEAR_FIRST, -30, -20, -10);
    assertThat(axis.scale().depthAt(axis.focusAt(1), 0)).isEqualTo(10);
    assertThat(axis.scale().focusAt(30, 0)).isEqualTo(axis.farthest());
  }

  @Test
  void shouldGiveNonsenseNoPlane() {
    FocusAxis axis = FocusAxis.uniformDioptres(1, 3, 3);
    assertThat(axis.planeOf(Double.NaN)).isEqualTo(-1);
    assertThat(axis.planeOf(Double.POSITIVE_INFINITY)).isEqualTo(-1);
    assertThat(axis.planeOf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(axis.planeOf(0.41)).isEqualTo(0);
    assertThat(axis.planeOf(0.39)).isEqualTo(-1);
  }
}
