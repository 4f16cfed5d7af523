package io.github.rackfocus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.kafka.KafkaClientConfig;
import io.github.rackfocus.kafka.codec.ImagePacking;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import io.github.rackfocus.registration.RegistrationMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AppConfigTest {
  @Test
  void shouldBeDocumentedWholeInTheFileThatIsShipped() throws Exception {
    Path file = Path.of("config", "node.yaml");
    assertThat(Files.readString(file))
        .as("write it anew with: bin/rackfocus run --print-config > config/node.yaml")
        .isEqualTo(ConfigDocument.yaml());
    AppConfig shipped = AppConfig.load(file);
    assertThat(shipped).isEqualTo(AppConfig.defaults());
  }

  @Test
  void shouldReadAnEmptyFileAsTheDefaults() throws Exception {
    assertThat(AppConfig.parse("empty", "")).isEqualTo(AppConfig.defaults());
    assertThat(AppConfig.parse("comment", "# nothing\n")).isEqualTo(AppConfig.defaults());
  }

  @Test
  void shouldReadWhatIsGiven() throws Exception {
    AppConfig read =
        AppConfig.parse(
            "given",
            """
            robot: arm-3
            camera: wrist
            source:
              simulated: {planes: 20, pattern: triangle}
            model: {name: ddl, threads: 1}
            sinks:
              files: {enabled: true, folder: maps, keepLast: 5}
              kafka: {enabled: true, properties: {compression.type: zstd}}
            """);
    assertThat(read.identity().key()).isEqualTo("arm-3/wrist");
    assertThat(read.source().simulated().sweep().planes()).isEqualTo(20);
    assertThat(read.source().simulated().sweep().pattern()).isEqualTo(SweepPattern.TRIANGLE);
    assertThat(read.model().name()).isEqualTo("ddl");
    assertThat(read.sinks().files().keepLast()).isEqualTo(5);
    assertThat(read.sinks().kafka().depth().kafka().properties())
        .containsEntry("compression.type", "zstd");
    assertThat(read.sinks().kafka().frames()).isNull();
  }

  @Test
  void shouldStartFromTheScenarioOfASimulatedCamera() throws Exception {
    SimulatedCameraConfig read =
        simulated("{width: 640, height: 480, rate: 20, scenario: robot-motion}");
    assertThat(read)
        .isEqualTo(
            Scenario.ROBOT_MOTION.applyTo(
                SimulatedCameraConfig.DEFAULTS
                    .withSize(640, 480)
                    .withRate(20)
                    .withScene(new SimulatedCameraConfig.Scene(1, 0))));
    SimulatedCameraConfig changed =
        simulated(
            "{scenario: rolling-shutter, prerenderedSweeps: 3, pattern: sine,"
                + " shutter: {readout: 0.01}, cameraMotion: {shake: 0.4}}");
    assertThat(changed.playback().prerenderedSweeps()).isEqualTo(3);
    assertThat(changed.sweep().pattern()).isEqualTo(SweepPattern.SINE);
    assertThat(changed.shutter().readoutSeconds()).isEqualTo(0.01);
    assertThat(changed.motion().shakePixelsPerFrame()).isEqualTo(0.4);
    // What is not given stays as the scenario has it.
    assertThat(changed.motion().panPixelsPerSweep()).isEqualTo(10);
    assertThat(changed.optics().breathingPerDioptre()).isEqualTo(0.0048);
    assertThat(
            simulated("{rate: 300, exposure: 0.002, scenario: everything}")
                .sensor()
                .exposureSeconds())
        .isEqualTo(0.002);
  }

  @Test
  void shouldRefuseDisturbancesThatAreUnknownOrHaveNoEffect() {
    assertThat(faults("{scenario: earthquake}"))
        .containsExactly(
            "source.simulated.scenario is 'earthquake'; expected still | breathing | hand-shake |"
                + " robot-motion | hysteresis | temperature-drift | flicker | auto-exposure |"
                + " rolling-shutter | highlights | clock-offset | everything");
    assertThat(faults("{scenario: flicker, light: {flickerDepth: 0}}"))
        .containsExactly(
            "source.simulated.scenario is flicker, all of whose strengths are overridden by other"
                + " keys; expected still, or without these keys");
    assertThat(faults("{lens: {readings: guess}, light: {bloom: 2}}"))
        .containsExactly(
            "source.simulated.lens.readings is 'guess'; expected actual | command",
            "source.simulated.light.bloom is 2; expected 0 to 1");
    assertThat(faults("{shutter: {readout: 0.1}}"))
        .containsExactly(
            "source.simulated.shutter.readout: shutter.readoutSeconds is 0.1; expected at most "
                + 1 / 15.0
                + ", one frame at 15.0 Hz");
    assertThat(faults("{cameraMotion: {pan: 200}, prerenderedSweeps: 0}"))
        .singleElement()
        .asString()
        .startsWith("source.simulated.cameraMotion: motion turns the view by up to 255 pixels;");
  }

  private static SimulatedCameraConfig simulated(String yaml) throws ConfigException {
    return AppConfig.parse("scenario", "source: {simulated: " + yaml + "}").source().simulated();
  }

  private static List<String> faults(String yaml) {
    return catchThrowableOfType(ConfigException.class, () -> simulated(yaml)).faults();
  }

  @Test
  void shouldSendFramesAlsoWithoutMaps() throws Exception {
    KafkaConfig kafka =
        AppConfig.parse(
                "frames",
                """
                sinks:
                  kafka: {frames: {enabled: true, packing: zstd}, bootstrapServers: "k:9092"}
                """)
            .sinks()
            .kafka();
    assertThat(kafka.depth()).isNull();
    assertThat(kafka.frames().packing()).isEqualTo(ImagePacking.ZSTD);
    assertThat(kafka.frames().kafka().bootstrapServers()).isEqualTo("k:9092");
    assertThat(kafka.frames().topic().name()).isEqualTo("rackfocus.frames.v1");
  }

  @Test
  void shouldReadWhereRecordsWaitDuringAnOutage() throws Exception {
    KafkaClientConfig kafka =
        AppConfig.parse(
                "spool",
                """
                sinks:
                  kafka: {enabled: true, onOutage: spool, spool: {folder: s, maxMiB: 2, maxAge: 60}}
                """)
            .sinks()
            .kafka()
            .depth()
            .kafka();
    assertThat(kafka.spool())
        .isEqualTo(new SpoolConfig(Path.of("s"), 2 << 20, Duration.ofMinutes(1), false));
  }

  /** YAML reads off as false. */
  @Test
  void shouldTakeOffForOff() throws Exception {
    AppConfig config = AppConfig.parse("off", "filter: off\nsweep: {registration: off}\n");
    assertThat(config.filter()).isEqualTo(FilterMode.OFF);
    assertThat(config.rolling().registration()).isEqualTo(RegistrationMode.OFF);
    assertThat(AppConfig.parse("still", "filter: still\n").filter()).isEqualTo(FilterMode.STILL);
    assertThatThrownBy(() -> AppConfig.parse("on", "filter: on\n"))
        .hasMessageContaining("filter is true; expected off | still");
  }

  @Test
  void shouldNotFuseWithoutSeeingWhatMoves() {
    assertThatThrownBy(
            () -> AppConfig.parse("blind", "filter: still\nsweep: {motionThreshold: 0}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "filter is still; expected off, or sweep.motionThreshold above 0 to see what moves");
  }

  @Test
  void shouldNotFuseWhatTheFilterIsNotMadeFor() {
    assertThatThrownBy(
            () -> AppConfig.parse("uneven", "filter: still\nsweep: {focus: [1, 2, 4]}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("filter is still; expected off: it needs planes at equal distances");
    assertThatThrownBy(
            () -> AppConfig.parse("sure", "filter: still\nvalidity: {minConfidence: 0.9995}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("validity.minConfidence of 0.999 or less");
  }

  @Test
  void shouldReportAllFaultsAtOnce() {
    ConfigException fault =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                AppConfig.parse(
                    "node.yaml",
                    """
                    robt: arm
                    camera: a/b
                    source:
                      kind: webcam
                      simulated: {planes: 65, farthest: 5, nearest: 4, rate: fast}
                    sweep: {maxStackAge: 2 s}
                    model: {device: gpu}
                    sinks: {kafka: {enabled: true, properties: {acks: 0}}}
                    """));
    assertThat(fault.faults())
        .anyMatch(each -> each.startsWith("robt is not an option; expected one of"))
        .anyMatch(each -> each.startsWith("robot is ''") && each.contains("a/b"))
        .contains(
            "source.kind is 'webcam'; expected simulated | folder | ros",
            "source.simulated.planes is 65; expected 3 to 64",
            "source.simulated.nearest is 4.0 dioptres; expected more than farthest, 5.0",
            "source.simulated.rate is 'fast'; expected a number (Hz)",
            "sweep.maxStackAge is '2 s'; expected a number (s)")
        .anyMatch(each -> each.startsWith("sinks.kafka.properties") && each.contains("acks"))
        .contains(
            "model.device: device is gpu; expected cpu, cuda, cuda:n (n is the GPU's number),"
                + " tensorrt, tensorrt:n or auto")
        .hasSize(9);
    assertThat(fault).hasMessageContaining("node.yaml: 9 faults");
  }

  @Test
  void shouldNameThePlaceOfBrokenYaml() {
    assertThatThrownBy(() -> AppConfig.parse("node.yaml", "robot: arm\n  camera: x\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2");
    assertThatThrownBy(() -> AppConfig.parse("node.yaml", "robot: a\nrobot: b\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("robot");
    assertThatThrownBy(() -> AppConfig.parse("node.yaml", "- 1\n- 2\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("node.yaml: the document is [1,2]; expected a section of options");
  }

  @Test
  void shouldReadUnevenPlanes() throws Exception {
    String yaml = "sweep: {planes: 10, focus: [1, 2, 4, 8], pattern: triangle, period: 0.6}";
    SweepConfig sweep = AppConfig.parse("uneven", yaml).source().ros().sweep();
    assertThat(sweep.axis().focus()).containsExactly(1, 2, 4, 8);
    assertThat(IntStream.range(0, sweep.frames()).mapToDouble(sweep::focusOfFrame))
        .containsExactly(1.0, 2.0, 4.0, 8.0, 4.0, 2.0);
    // Half-way in time between the planes at 2 and 4 dioptres.
    assertThat(sweep.focusAtStamp().applyAsDouble(150_000_000)).isCloseTo(3, within(1e-6));
  }

  @Test
  void shouldRefusePlanesThatAreNotASweep() {
    for (String focus :
        List.of("[3, 2, 4]", "[1, 2]", "[1, 2, -3]", "[1, 2, x]", "7", "[1, 1, 2]")) {
      assertThatThrownBy(() -> AppConfig.parse("bad", "sweep: {focus: " + focus + "}"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("sweep.focus");
    }
  }
}
