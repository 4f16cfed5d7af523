package io.github.rackfocus.ros;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles roscpp programs for integration tests, each once, into {@code target/ros-programs}. */
public final class RosPrograms {
  private static final int SKIPPED = 77;

  private RosPrograms() {}

  /**
   * @param file the program
   * @param missing the tool that is missing to compile it, or ""
   */
  public record Compiled(Path file, String missing) {}

  /**
   * @param messages whose headers the program includes, or null
   * @throws IOException if it does not compile although all tools are installed
   */
  public static Compiled compile(String source, @Nullable RackfocusMessages messages)
      throws IOException, InterruptedException {
    Path from = Path.of(source).toAbsolutePath();
    String name = from.getFileName().toString().replace(".cpp", "");
    Path to = Path.of("target/ros-programs").resolve(name).toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of("src/test/ros/compile.sh").toAbsolutePath().toString(),
                from.toString(),
                to.toString()));
    if (messages != null) {
      command.add(messages.prefix().toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0 && status != SKIPPED) {
      throw new IOException(source + " does not compile: " + said);
    }
    return new Compiled(to, status == 0 ? "" : said);
  }
}
