package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Help and options work on a machine where no native library can be unpacked or loaded. */
class NativesOnDemandTest {
  @TempDir Path scratch;

  @Test
  void shouldLoadNoNativeLibraryForHelpAndOptions() throws Exception {
    Path cache = scratch.resolve("cache");
    Path log = scratch.resolve("log");
    Process process =
        start(
            cache,
            log,
            // One process for all: a JVM takes most of the time.
            NativesOnDemandTest.class.getName());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output).contains("validity:", "Usage: rackfocus tail").doesNotContain("\tat ");
    assertThat(cache).doesNotExist();
  }

  private static Process start(Path cache, Path log, String main) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("RACKFOCUS_CACHE", cache.toString());
    return builder.start();
  }

  /** Runs the commands in this process; the exit code is the sum of theirs. */
  public static void main(String[] arguments) {
    int sum = 0;
    for (String command :
        List.of("--help", "--version", "run --print-config", "tail --help", "demo --help")) {
      sum += Rackfocus.commandLine().execute(command.split(" "));
    }
    System.exit(sum);
  }
}
