package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
  @TempDir private Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = Rackfocus.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Test
  void shouldReportEveryLaneAndStageAndWhatItRanOn() throws Exception {
    Path json = temp.resolve("bench.json");
    int exit =
        run(
            "bench",
            "--model",
            "ddl-pgd",
            "--size",
            "64x48",
            "--planes",
            "4",
            "--maps",
            "12",
            "--json",
            json.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    for (String lane : new String[] {"rolling", "full", "bareOrt", "ddl"}) {
      JsonNode section = report.path(lane);
      assertThat(section.path("maps").asInt()).as(lane).isEqualTo(12);
      double before = 0;
      for (String key : new String[] {"p50Millis", "p95Millis", "p99Millis", "p999Millis"}) {
        assertThat(section.path(key).asDouble()).as(lane + "." + key).isPositive();
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
    assertThat(report.path("ratios").path("rollingToBareOrt").asDouble()).isPositive();
    assertThat(report.path("gcPauses").has("p999Millis")).isTrue();
    assertThat(out.toString()).contains("64x48, 4 planes, K = 3, fp32", "rollingToBareOrt");
  }

  @Test
  void shouldGiveARunForEachOfSeveral() throws Exception {
    Path json = temp.resolve("bench.json");
    int exit =
        run(
            "bench",
            "--model",
            "ddl-pgd",
            "--size",
            "64x48",
            "--planes",
            "3,5",
            "--iterations",
            "0,1",
            "--lanes",
            "rolling,bareOrt",
            "--maps",
            "3",
            "--json",
            json.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    JsonNode runs = new ObjectMapper().readTree(json.toFile()).path("runs");
    assertThat(runs).hasSize(4);
    assertThat(runs.get(3).path("planes").asInt()).isEqualTo(5);
    assertThat(runs.get(3).path("iterations").asInt()).isEqualTo(1);
    assertThat(runs.get(3).has("ddl")).isFalse();
  }

  @Test
  void shouldFollowThePacedNode() throws Exception {
    Path json = temp.resolve("bench.json");
    int exit =
        run(
            "bench",
            "--model",
            "ddl-pgd",
            "--size",
            "64x48",
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
            "5000",
            "--json",
            json.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    JsonNode paced = new ObjectMapper().readTree(json.toFile()).path("paced");
    assertThat(paced.path("maps").asInt()).isPositive();
    assertThat(paced.path("p99Millis").asDouble()).isPositive();
    assertThat(paced.path("stages").has("wait")).isTrue();
    assertThat(paced.path("gcPauses").has("p999Millis")).isTrue();
    assertThat(out.toString()).contains("bytes a frame: camera", "all: ", "GC pauses");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size|640|--size is 640; expected a width and a height",
        "--planes|2|--planes is 2; expected 3 to 64",
        "--lanes|fast|lane 'fast' does not exist; expected some of",
        "--maps|0|--maps is 0 and there is no --rate",
        "--rate|0.01|--rate is 0.01; expected 0.1 to 1000 Hz"
      })
  void shouldRefuseWrongUse(String option, String value, String sentence) {
    assertThat(run("bench", option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
  }

  @Test
  void shouldListTheIterationsThereAre() {
    assertThat(run("bench", "--model", "ddl-pgd", "--iterations", "4", "--maps", "1")).isOne();
    assertThat(err.toString()).contains("4 iterations were not exported; expected one of");
  }
}
