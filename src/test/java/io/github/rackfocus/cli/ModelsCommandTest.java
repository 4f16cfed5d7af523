package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.onnx.TestModels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ModelsCommandTest {
  @TempDir Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldListAlignedColumns() {
    assertThat(run("--models", TestModels.folder().toString())).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(5);
    int column = lines.get(0).indexOf("VERSION");
    assertThat(lines.subList(1, 5))
        .allSatisfy(line -> assertThat(line.substring(column)).startsWith("1.0.0  "));
    assertThat(lines.get(4)).contains("tiny-rolling", "3-64", "0 1 [3]", "rolling, full", " kB");
    assertThat(lines.get(2)).contains("tiny-plain", "3-12", "[0]");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldVerifyAllOrTheNamedModels() {
    assertThat(run("verify", "--models", TestModels.folder().toString())).isZero();
    assertThat(out.toString())
        .contains("tiny-full 1.0.0: 2 files intact", "ok  frame.onnx + stack-k3.onnx  CPU");
    out.getBuffer().setLength(0);
    assertThat(run("--models", TestModels.folder().toString(), "verify", "tiny-plain")).isZero();
    assertThat(out.toString()).contains("tiny-plain", "full-k0.onnx").doesNotContain("tiny-full");
  }

  @Test
  void shouldFailIfAModelIsDamagedAndCheckTheOthers() throws Exception {
    Path bad = TestModels.copy(TestModels.ROLLING, temp);
    TestModels.copy(TestModels.PLAIN, temp);
    Files.write(bad.resolve("weights.bin"), new byte[36]);
    TestModels.copy(TestModels.REFERENCE, temp);
    assertThat(run("verify", "--models", temp.toString())).isEqualTo(1);
    assertThat(out.toString()).contains("tiny-plain", "tiny-reference");
    assertThat(err.toString().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("weights.bin: its SHA-256 is"));
    err.getBuffer().setLength(0);
    assertThat(run("--models", temp.toString())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void shouldListTheAvailableModels() {
    assertThat(run("verify", "ddl", "--models", TestModels.folder().toString())).isEqualTo(1);
    assertThat(err.toString().strip().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("no model ddl; expected one of tiny-full"));
  }

  @Test
  void shouldFailWithoutModelsToVerify() {
    assertThat(run("verify", "--models", temp.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("contains no models");
    assertThat(run("verify", "--models", temp.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("none: no such folder");
    assertThat(run("--models", temp.toString())).isZero();
    assertThat(out.toString()).contains("No models in " + temp);
  }

  @Test
  void shouldRejectAnUnknownDevice() {
    assertThat(run("verify", "--device", "gpu", "--models", temp.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--device is gpu; expected cpu, cuda");
  }

  private int run(String... args) {
    return new CommandLine(new ModelsCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
