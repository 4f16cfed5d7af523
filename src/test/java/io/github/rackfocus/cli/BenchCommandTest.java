package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
  @TempDir private Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Runs the benchmark on tiny images; returns its JSON report. */
  private JsonNode bench(String... options) throws IOException {
    Path json = temp.resolve("bench.json");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("bench", "--model", "ddl-pgd", "--size", "64x48"));
    arguments.addAll(List.of("--json", json.toString()));
    arguments.addAll(List.of(options));
    int exit = run(arguments.toArray(String[]::new));
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    return new ObjectMapper().readTree(json.toFile());
  }

  private int run(String... arguments) {
    CommandLine command = Rackfocus.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Test
  void shouldReportEverySubjectStageAndTheMachine() throws Exception {
    JsonNode report = bench("--planes", "4", "--maps", "12");
    for (String subject : new String[] {"rolling", "allPlanes", "full", "bareOrt", "ddl"}) {
      JsonNode section = report.path(subject);
      assertThat(section.path("maps").asInt()).as(subject).isEqualTo(12);
      double before = 0;
      for (String key : new String[] {"p50Millis", "p95Millis", "p99Millis", "p999Millis"}) {
        assertThat(section.path(key).asDouble()).as(subject + "." + key).isPositive();
        assertThat(section.path(key).asDouble()).isGreaterThanOrEqualTo(before);
        before = section.path(key).asDouble();
      }
      assertThat(section.has("cpuMillisPerMap")).isTrue();
      assertThat(section.has("allocatedBytesPerMap")).isTrue();
      assertThat(section.path("modelSha256").isTextual()).isTrue();
    }
    assertThat(report.path("rolling").path("stages").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("frame", "stack", "finish");
    assertThat(report.path("inputSha256").asText()).matches("[0-9a-f]{64}");
    assertThat(report.path("machine").path("processor").asText()).isNotBlank();
    assertThat(report.path("machine").path("onnxRuntime").asText()).isNotBlank();
    for (String ratio : new String[] {"rollingToBareOrt", "rollingToAllPlanes", "rollingToFull"}) {
      assertThat(report.path("ratios").path(ratio).asDouble()).as(ratio).isPositive();
    }
    assertThat(report.path("gcPauses").has("p999Millis")).isTrue();
    assertThat(out.toString()).contains("64x48, 4 planes, K = 3, fp32", "rollingToBareOrt");
  }

  @Test
  void shouldRunEveryCombination() throws Exception {
    JsonNode runs =
        bench(
                "--planes",
                "3,5",
                "--iterations",
                "0,1",
                "--subjects",
                "rolling,bareOrt",
                "--maps",
                "3")
            .path("runs");
    assertThat(runs).hasSize(4);
    assertThat(runs.get(3).path("planes").asInt()).isEqualTo(5);
    assertThat(runs.get(3).path("iterations").asInt()).isEqualTo(1);
    assertThat(runs.get(3).has("ddl")).isFalse();
    assertThat(runs.get(0).path("ratios").has("rollingToThatOf3Planes")).isFalse();
    assertThat(runs.get(3).path("ratios").path("rollingToThatOf3Planes").asDouble()).isPositive();
  }

  @Test
  void shouldMeasureTheNodeAtACamerasRate() throws Exception {
    JsonNode paced =
        bench(
                "--planes",
                "3",
                "--maps",
                "0",
                "--rate",
                "20",
                "--seconds",
                "3",
                "--every",
                "1",
                "--deadline",
                "5000")
            .path("paced");
    assertThat(paced.path("maps").asInt()).isPositive();
    assertThat(paced.path("p99Millis").asDouble()).isPositive();
    assertThat(paced.path("stages").has("wait")).isTrue();
    assertThat(paced.path("gcPauses").has("p999Millis")).isTrue();
    assertThat(out.toString()).contains("bytes per frame: camera", "total: ", "GC pauses");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size|640|--size is '640'; expected WxH",
        "--planes|2|--planes is 2; expected 3 to 64",
        "--subjects|fast|--subjects is 'fast'; expected some of",
        "--maps|0|--maps is 0 and there is no --rate; nothing to measure",
        "--rate|0.01|--rate is 0.01; expected 0.1 to 1000 Hz"
      })
  void shouldRejectWrongUsage(String option, String value, String sentence) {
    assertThat(run("bench", option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
  }

  @Test
  void shouldListTheAvailableIterations() {
    assertThat(run("bench", "--model", "ddl-pgd", "--iterations", "4", "--maps", "1")).isOne();
    assertThat(err.toString()).contains("4 iterations were not exported; expected one of");
  }
}
