package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.sweep.LensBreathing;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.LensDrift;
import io.github.rackfocus.sweep.LensTiming;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LensChecksTest {
  private final List<String> warnings = new ArrayList<>();

  private LensChecks checks(LensCalibration file) {
    return new LensChecks(file, 1, warnings::add);
  }

  private static LensCalibration drifting(double coefficient) {
    return new LensCalibration(
        2, 1, 0, LensBreathing.NONE, LensTiming.NONE, new LensDrift(coefficient, 25));
  }

  private static FocusReading at(double focus, double power, double celsius) {
    return new FocusReading(focus, power, true, (float) celsius, 0);
  }

  @Test
  void shouldWarnOfEveryFiveDegreesWhereNoDriftIsStated() {
    LensChecks checks = checks(null);
    for (int i = 0; i <= 120; i++) {
      checks.check(at(2, 2, i % 7 == 6 ? Double.NaN : 20 + 0.1 * i));
    }
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("by 5 to 25 °C", "temperature_coefficient");
  }

  @Test
  void shouldNotWarnWhereTheDriftIsCorrected() {
    LensChecks checks = checks(drifting(-0.06));
    for (int i = 0; i <= 120; i++) {
      checks.check(at(Double.NaN, 2, 20 + 0.1 * i));
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void shouldWarnOnceWhereTheDriversOwnFocusIsNotCorrected() {
    LensChecks checks = checks(drifting(-0.06));
    for (int i = 0; i <= 120; i++) {
      checks.check(at(5, Double.NaN, 20 + 0.1 * i));
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("not applied");
  }

  @Test
  void shouldWarnOfATemperatureThatNeverComes() {
    LensChecks checks = checks(drifting(-0.06));
    for (int i = 0; i < 300; i++) {
      checks.check(at(Double.NaN, 2, Double.NaN));
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("have no temperature");
  }

  @Test
  void shouldWarnOfAFocusThatContradictsTheCameraFile() {
    LensChecks checks = checks(drifting(0));
    checks.check(at(5.4, 2, 25));
    assertThat(warnings).as("within half a plane").isEmpty();
    checks.check(at(8, 2, 25));
    checks.check(at(9, 2, 25));
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("focus 8.0", "focus 5.0", "by the camera file");
  }
}
