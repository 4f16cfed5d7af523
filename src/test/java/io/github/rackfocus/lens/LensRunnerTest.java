package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.LensDrift;
import io.github.rackfocus.sweep.MatchingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LensRunnerTest {
  private static final FocusAxis AXIS = FocusAxis.uniformDioptres(2, 8, 4);
  private static final LensDeviceConfig CONFIG =
      LensDeviceConfig.DEFAULTS.withMotion(
          LensDeviceConfig.DEFAULTS
              .motion()
              .withRateHz(25)
              .withSettleSeconds(0.02)
              .withReadRateHz(500));

  private final OptotuneEmulator emulator = new OptotuneEmulator('A', System::nanoTime);
  private final List<LensReading> readings = new CopyOnWriteArrayList<>();
  private final AtomicInteger openings = new AtomicInteger();
  private volatile EmulatedPort port;

  private LensRunner runner(LensDeviceConfig config, MatchingConfig law) {
    LensDriver driver =
        new OptotuneDriver(
            "lens",
            () -> {
              EmulatedPort opened = new EmulatedPort(emulator::accept);
              port = opened;
              openings.incrementAndGet();
              return opened;
            },
            System::nanoTime);
    return new LensRunner(driver, config, AXIS, law, 0, System::nanoTime, readings::add, () -> {});
  }

  @Test
  void shouldSweepReadAndPark() throws Exception {
    // focus = 2 power - 1 + 0.01 (31 - 25)
    MatchingConfig law =
        MatchingConfig.DEFAULTS
            .withPowerGain(2)
            .withPowerOffset(-1)
            .withDrift(new LensDrift(0.01, 25));
    try (LensRunner runner = runner(CONFIG, law)) {
      runner.start();
      await().until(() -> readings.size() > 300);
      assertThat(runner.isConnected()).isTrue();
      assertThat(runner.status()).isEqualTo("lens sweeps, from -3.00 to 12.00 dioptres");
    }
    List<LensReading> seen = new ArrayList<>(readings);
    assertThat(seen).last().matches(LensRunnerTest::isUnknown, "nobody knows after the end");
    assertThat(seen).isSortedAccordingTo(Comparator.comparingLong(LensReading::stampNanos));
    assertThat(seen.stream().map(LensReading::plane).distinct())
        .containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(seen.stream().filter(LensReading::settled).count()).isGreaterThan(10);
    for (LensReading reading : seen) {
      assertThat(reading.direction()).isZero();
      assertThat(reading.focus()).isNaN();
      if (reading.settled()) {
        // The lens itself was there, not only its driver.
        assertThat(powerAt(reading.stampNanos())).isCloseTo(reading.power(), within(0.3));
        double focus = law.focusAtPower(reading.power(), reading.celsius(), 0);
        // What the device rounds to, 0.005 dioptres of power.
        assertThat(focus).isCloseTo(2 + 2 * reading.plane(), within(0.1));
      }
    }
    List<Double> commanded = emulator.commanded();
    assertThat(commanded.get(commanded.size() - 1))
        .as("parked at the farthest plane")
        .isCloseTo((2 + 1 - 0.06) / 2, within(0.003));
    assertThat(port.isClosed()).isTrue();
  }

  private static boolean isUnknown(LensReading reading) {
    return Double.isNaN(reading.power()) && Double.isNaN(reading.focus());
  }

  private double powerAt(long nanos) {
    return emulator.powerThen(nanos);
  }

  @Test
  void shouldComeBackWhenThePlugIsPulledAndPutBack() throws Exception {
    try (LensRunner runner = runner(CONFIG, MatchingConfig.DEFAULTS)) {
      runner.start();
      for (int i = 0; i < 3; i++) {
        readings.clear();
        await().atMost(Duration.ofSeconds(20)).until(() -> readings.size() > 20);
        int before = openings.get();
        emulator.reset();
        port.unplug();
        await().atMost(Duration.ofSeconds(20)).until(() -> openings.get() > before);
        // Between the last reading and the first after it, nobody knows where the lens is.
        assertThat(readings).anyMatch(LensRunnerTest::isUnknown);
      }
      readings.clear();
      await().atMost(Duration.ofSeconds(20)).until(() -> readings.size() > 20);
      assertThat(runner.isConnected()).isTrue();
    }
  }

  @Test
  void shouldNeverTellTheLensMoreThanItsLimits() throws Exception {
    try (LensRunner runner =
        runner(CONFIG.withLimits(new LensRange(0, 7.9)), MatchingConfig.DEFAULTS)) {
      runner.start();
      await().until(() -> runner.status().contains("plane 3"));
      assertThat(runner.status())
          .isEqualTo(
              "plane 3 at 8.000 dioptres of focus needs 8.000 dioptres of lens; within the limits"
                  + " it takes 0.00 to 7.90 dioptres");
      assertThat(runner.isConnected()).isFalse();
      assertThat(emulator.commanded()).isEmpty();
    }
    assertThat(emulator.commanded()).as("not parked either: it is not ours").isEmpty();
  }

  @Test
  void shouldEndWhileTheDeviceIsAbsent() throws Exception {
    emulator.fault(OptotuneEmulator.Fault.SILENT);
    LensRunner runner = runner(CONFIG, MatchingConfig.DEFAULTS);
    runner.start();
    await().until(() -> runner.status().contains("Start; expected Ready"));
    runner.close();
    assertThat(runner.isConnected()).isFalse();
  }
}
