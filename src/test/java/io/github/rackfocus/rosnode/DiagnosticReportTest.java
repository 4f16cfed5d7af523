package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.camera.InputStatus.Messages;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.sink.SinkCounters;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DiagnosticReportTest {
  private static final long SECOND = 1_000_000_000L;

  private final DiagnosticReport report = new DiagnosticReport("arm/rackfocus", "arm/wrist");

  private static NodeHealth health(
      long frames, Map<String, Long> drops, long stacks, long maps, long failed) {
    return new NodeHealth(
        new NodeHealth.Frames(frames, drops),
        new NodeHealth.Stacks(stacks, 2, 0),
        new NodeHealth.Maps(maps, failed, 5, 0.75, 3),
        new NodeHealth.Latency(31.25, 40.0, 48.5),
        null,
        666.7,
        23.5f,
        NodeHealth.Lens.UNKNOWN,
        /* inputs= */ null,
        new ModelIdentity("proximal", "1.0.0", "cd".repeat(32)),
        "CPU",
        List.of(),
        List.of(new SinkCounters("ros", maps, maps, 1, 0, 4, Map.of())));
  }

  private static Map<String, String> values(DiagnosticStatus status) {
    return status.values.stream().collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
  }

  @Test
  void shouldTellRatesLatencyDropsModelAndTemperature() {
    report.statuses(health(100, Map.of(), 80, 60, 0), Map.of(), true, true, 0);
    List<DiagnosticStatus> statuses =
        report.statuses(
            health(130, Map.of("late", 1L), 110, 75, 0), Map.of(), true, true, 2 * SECOND);
    assertThat(statuses)
        .extracting(status -> status.name)
        .containsExactly("arm/rackfocus: frames", "arm/rackfocus: depth", "arm/rackfocus: model");
    assertThat(statuses).allMatch(status -> status.level == DiagnosticStatus.OK);
    assertThat(statuses).allMatch(status -> status.hardwareId.equals("arm/wrist"));
    assertThat(values(statuses.get(0)))
        .containsEntry("frame rate (Hz)", "15.000")
        .containsEntry("lens temperature (deg C)", "23.500")
        .containsEntry("sweep period (ms)", "666.700")
        .containsEntry("dropped late", "1");
    assertThat(values(statuses.get(1)))
        .containsEntry("depth rate (Hz)", "7.500")
        .containsEntry("latency p50 (ms)", "31.250")
        .containsEntry("latency p99 (ms)", "48.500")
        .containsEntry("sink ros", "75 delivered, 1 dropped, 0 failed, 4 lost");
    assertThat(values(statuses.get(2)))
        .containsEntry("model", "proximal")
        .containsEntry("sha256", "cd".repeat(32))
        .containsEntry("execution provider", "CPU");
  }

  @Test
  void shouldWarnOfWhatAnOperatorMustSee() {
    report.statuses(health(100, Map.of(), 80, 60, 0), Map.of(), true, true, 0);
    List<DiagnosticStatus> dropping =
        report.statuses(
            health(110, Map.of("noReading", 3L), 80, 60, 0), Map.of(), true, true, SECOND);
    assertThat(dropping.get(0).level).isEqualTo(DiagnosticStatus.WARN);
    assertThat(dropping.get(0).message).isEqualTo("3 of 10 frames dropped: {noReading=3}");
    assertThat(dropping.get(1).level).isEqualTo(DiagnosticStatus.WARN);
    assertThat(dropping.get(1).message).isEqualTo("waiting for a complete sweep");

    List<DiagnosticStatus> silent =
        report.statuses(
            health(110, Map.of("noReading", 3L), 90, 60, 2), Map.of(), true, true, 2 * SECOND);
    assertThat(silent.get(0).level).isEqualTo(DiagnosticStatus.ERROR);
    assertThat(silent.get(0).message).isEqualTo("no frames");
    assertThat(silent.get(1).level).isEqualTo(DiagnosticStatus.ERROR);
    assertThat(silent.get(1).message).isEqualTo("2 maps failed");
  }

  @Test
  void shouldTellIdleFromOff() {
    report.statuses(health(100, Map.of(), 80, 60, 0), Map.of(), true, true, 0);
    assertThat(
            report
                .statuses(health(110, Map.of(), 90, 60, 0), Map.of(), true, true, SECOND)
                .get(1)
                .message)
        .isEqualTo("idle: no subscribers");
    assertThat(
            report
                .statuses(health(120, Map.of(), 99, 60, 0), Map.of(), false, true, 2 * SECOND)
                .get(1)
                .message)
        .isEqualTo("disabled via ~enable");
  }

  @Test
  void shouldCallNoFramesNoFaultWhileNobodyWantsThem() {
    report.statuses(health(100, Map.of(), 80, 60, 0), Map.of(), true, true, 0);
    List<DiagnosticStatus> statuses =
        report.statuses(
            health(100, Map.of(), 80, 60, 0), Map.of("nanReading", 4L), true, false, SECOND);
    assertThat(statuses).allMatch(status -> status.level == DiagnosticStatus.OK);
    assertThat(statuses.get(0).message).isEqualTo("idle: no subscribers");
    assertThat(values(statuses.get(0))).containsEntry("not used: nanReading", "4");
  }

  @Test
  void shouldNameTheInputThatIsMissing() {
    NodeHealth plain = health(100, Map.of(), 80, 60, 0);
    NodeHealth stopped =
        new NodeHealth(
            plain.frames(),
            plain.stacks(),
            plain.maps(),
            plain.latency(),
            null,
            plain.sweepMillis(),
            plain.lensCelsius(),
            plain.lens(),
            new NodeHealth.Inputs(
                "images arrive, but no lens reading for 4.0 s on /lens_state",
                List.of(0, 9),
                new InputStatus(
                    new Messages("/image", 7, 7, 1, 1_700_000_000_123_456_789L),
                    new Messages("/lens_state", 0, 0, 0, 0),
                    Double.NaN,
                    Double.NaN)),
            plain.model(),
            plain.executionProvider(),
            plain.stages(),
            plain.sinks());
    DiagnosticStatus frames = report.statuses(stopped, Map.of(), true, true, SECOND).get(0);
    assertThat(frames.level).isEqualTo(DiagnosticStatus.ERROR);
    assertThat(frames.message)
        .isEqualTo("images arrive, but no lens reading for 4.0 s on /lens_state");
    assertThat(values(frames))
        .containsEntry("planes without a recent frame", "[0, 9]")
        .containsEntry("newest image stamp (s)", "1700000000.123456789")
        .containsEntry("newest lens reading stamp (s)", "")
        .containsEntry("lowest lens reading (dpt)", "");
  }
}
