package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.ros.ConnectedNode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RosParametersTest {
  @TempDir private Path folder;
  private RosTestBench ros;

  @BeforeEach
  void start() throws Exception {
    ros = new RosTestBench();
  }

  @AfterEach
  void stop() {
    ros.close();
  }

  @ParameterizedTest
  @CsvSource({
    "max_stack_age, maxStackAge",
    "kind, kind",
    "every_nth, everyNth",
    "maxStackAge, maxStackAge",
    "compression.type, compression.type",
    "_x, _x",
    "x_, x_"
  })
  void shouldNameOptionsByOneRule(String parameter, String option) {
    assertThat(RosParameters.option(parameter)).isEqualTo(option);
  }

  @Test
  void shouldTakeFileThenParametersThenCommandLine() throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(
        file, "camera: wrist\nmodel: {name: sml, iterations: 1}\nsweep: {everyNth: 2}\n");
    ConnectedNode other = ros.connect("other");
    other.getParameterTree().set("/arm/rackfocus/model", Map.of("name", "ddl", "iterations", 2));
    other.getParameterTree().set("/arm/rackfocus/sweep/max_stack_age", 1);
    ConnectedNode node =
        ros.connect("rackfocus", "__ns:=/arm", "_config:=" + file, "_model/iterations:=3");
    AppConfig read = RosParameters.read(node).current();
    assertThat(read.model().name()).isEqualTo("ddl");
    assertThat(read.model().iterations()).isEqualTo(3);
    assertThat(read.rolling().everyNth()).isEqualTo(2);
    assertThat(read.rolling().maxStackAgeNanos()).isEqualTo(1_000_000_000L);
    assertThat(read.cameraKey()).endsWith("/wrist");
  }

  @Test
  void shouldAcceptFormerNamesOfOptions() throws Exception {
    ConnectedNode node =
        ros.connect("rackfocus", "_lens_latency:=0.25", "_sinks/kafka/frames:=true");
    AppConfig read = RosParameters.read(node).current();
    assertThat(read.source().ros().lens().latencySeconds()).isEqualTo(0.25);
    assertThat(read.sinks().kafka().frames()).isNotNull();
  }

  @Test
  void shouldReportEveryFaultAtOnceWithItsPath() throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, "sweep: {everyNth: none}\n");
    ConnectedNode node =
        ros.connect(
            "rackfocus", "_config:=" + file, "_model/treads:=3", "_sweep/max_stack_age:=-1");
    assertThatThrownBy(() -> RosParameters.read(node))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("parameters of /rackfocus and " + file + ": 3 faults")
        .hasMessageContaining("sweep.everyNth is 'none'; expected an integer (frames)")
        .hasMessageContaining("sweep.maxStackAge is -1; expected 0 to 3600 s")
        .hasMessageContaining("model.treads is not an option; expected one of");
  }

  @Test
  void shouldSayWhichFileIsMissing() throws Exception {
    ConnectedNode node = ros.connect("rackfocus", "_config:=/no/such.yaml");
    assertThatThrownBy(() -> RosParameters.read(node))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("/rackfocus/config is /no/such.yaml");
  }
}
