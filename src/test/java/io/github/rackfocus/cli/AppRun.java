package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the packaged application as a user would, in its own process, with the project's models. */
public final class AppRun {
  private static final int PATIENCE_SECONDS = 120;

  private AppRun() {}

  /**
   * Runs {@code rackfocus} until it exits; asserts exit code 0 within two minutes.
   *
   * @param folder folder for its log file
   * @return its output, both streams
   */
  public static String run(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("rackfocus.app"), "bin", "rackfocus").toString());
    command.addAll(arguments);
    Path log = Files.createTempFile(folder, "rackfocus", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.environment().put("JAVACMD", System.getProperty("java.home") + "/bin/java");
    builder.environment().put("RACKFOCUS_MODELS", Path.of("models").toAbsolutePath().toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
