package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.eval.Baselines;
import io.github.rackfocus.eval.StackFolders;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EvalCommandTest {
  @TempDir private Path root;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> settings = new ArrayList<>();
  private Path stacks;

  @BeforeEach
  void writeStacks() throws IOException {
    stacks = Files.createDirectory(root.resolve("stacks"));
    StackFolders.dioptre(stacks, "slope");
    StackFolders.index(stacks, "near", true);
  }

  @Test
  void shouldPrintTablesAndWriteMapsAndJson() {
    Path maps = root.resolve("maps");
    Path json = root.resolve("report.json");
    int code = eval(stacks, "--model", "ddl", "--out", maps, "--json", json, "--repeats", "1");
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString()).contains("ddl 1.0.0", "slope", "near").doesNotContain("sml");
    assertThat(maps.resolve("ddl/slope.pfm")).exists();
    assertThat(maps.resolve("ddl/near.pfm")).exists();
    assertThat(json).content().contains("\"inputSha256\"");
  }

  @Test
  void shouldRunAllModelsByDefault() {
    assertThat(eval(stacks, "--repeats", 1)).isZero();
    assertThat(out.toString()).contains("sml 1.0.0", "ddl 1.0.0");
    assertThat(settings).containsExactly("null cpu 0");
  }

  @Test
  void shouldPassItsOptionsToTheModels() {
    eval(
        stacks,
        "--model",
        "sml,sml",
        "--repeats",
        1,
        "--iterations",
        5,
        "--device",
        "auto",
        "--threads",
        2,
        "--valid-only",
        "--noise",
        "0,5",
        "--group",
        "g=slope");
    assertThat(settings).containsExactly("5 auto 2");
    assertThat(out.toString())
        .contains("noise 5/255", "valid pixels only", "mean g (1)", "cover")
        .containsOnlyOnce("sml 1.0.0, CPU");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model nonsense | --model is 'nonsense'; expected all or some of sml, ddl",
        "--noise -1 | --noise is -1.0; expected 0 to 255",
        "--noise much | Invalid value for option '--noise'",
        "--repeats 0 | --repeats is 0; expected 1 to 1000",
        "--threads -1 | --threads is -1; expected 0 or more",
        "--iterations -2 | --iterations is -2; expected 0 or more",
        "--group hci | group is 'hci'; expected NAME=GLOB",
        "--group hci=hci-* | --group hci matches no stack",
        "--device toaster | device is 'toaster'; expected cpu",
        "--unknown | Unknown option: '--unknown'"
      })
  void shouldExitWithTwoOnWrongUsage(String options, String sentence) {
    List<Object> arguments = new ArrayList<>(List.of(stacks));
    arguments.addAll(List.of(options.split(" ")));
    assertThat(eval(arguments.toArray())).isEqualTo(2);
    assertThat(err.toString()).contains(sentence).doesNotContain("\tat ");
  }

  @Test
  void shouldExitWithTwoWithoutStacks() {
    assertThat(eval()).isEqualTo(2);
    assertThat(err.toString()).contains("STACKS_DIR");
  }

  @Test
  void shouldReportAnInvalidStackInOneLine() throws IOException {
    Files.writeString(stacks.resolve("slope/stack.json"), "{\"focus\": [1, 2], ");
    assertThat(eval(stacks)).isEqualTo(1);
    assertOneLine("stack.json");
  }

  @Test
  void shouldReportAnEmptyFolderInOneLine() throws IOException {
    assertThat(eval(Files.createDirectory(root.resolve("empty")))).isEqualTo(1);
    assertOneLine("contains no stack");
  }

  @Test
  void shouldReportAJsonFileThatIsNotWritableBeforeItStarts() {
    assertThat(eval(stacks, "--json", root.resolve("nowhere/report.json"))).isEqualTo(1);
    assertOneLine("report.json: cannot be written");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void shouldReportAnOutputFolderThatIsAFile() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    assertThat(eval(stacks, "--out", file)).isEqualTo(1);
    assertOneLine("cannot be created");
  }

  @Test
  void shouldPrintItsHelp() {
    assertThat(eval("--help")).isZero();
    assertThat(out.toString())
        .contains("STACKS_DIR", "--model", "--out", "--json", "--valid-only", "--iterations")
        .contains("--device", "--threads", "--noise", "--group", "docs/metrics.md");
  }

  private void assertOneLine(String part) {
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("rackfocus eval: ").contains(part);
  }

  private int eval(Object... arguments) {
    EvalCommand command =
        new EvalCommand((iterations, device, threads) -> {
          settings.add(iterations + " " + device + " " + threads);
          if (device.equals("toaster")) {
            throw new IllegalArgumentException("device is 'toaster'; expected cpu");
          }
          return new Baselines();
        });
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    return line.execute(texts);
  }
}
