package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the scripts in {@code bin} in a checkout whose application and JDK only say what they got.
 */
class LaunchScriptTest {
  private static final String PICKED_UP =
      "[ -z \"$JAVA_TOOL_OPTIONS\" ] || echo \"Picked up JAVA_TOOL_OPTIONS: $JAVA_TOOL_OPTIONS\" >&2\n"
          + "[ -z \"$_JAVA_OPTIONS\" ] || echo \"Picked up _JAVA_OPTIONS: $_JAVA_OPTIONS\" >&2\n"
          + "[ -z \"$JDK_JAVA_OPTIONS\" ] || echo \"NOTE: Picked up JDK_JAVA_OPTIONS\" >&2\n";

  @TempDir Path scratch;
  private Path home;
  private Path jdk;

  private record Result(int exit, String output) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    home = Files.createDirectories(scratch.resolve("a checkout"));
    for (String script : new String[] {"lib.sh", "rackfocus"}) {
      Files.createDirectories(home.resolve("bin"));
      Files.copy(Path.of("bin", script), home.resolve("bin").resolve(script));
    }
    Files.setPosixFilePermissions(
        home.resolve("bin/rackfocus"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(home.resolve("src/main"));
    Files.writeString(home.resolve("pom.xml"), "");
    Files.setLastModifiedTime(home.resolve("pom.xml"), FileTime.fromMillis(1_000_000_000_000L));
    program(
        home.resolve("target/app/bin/rackfocus"),
        "echo \"started $* java=$JAVACMD charset=$(locale charmap 2>/dev/null)\"\n");
    jdk = scratch.resolve("a jdk");
    program(jdk.resolve("bin/javac"), PICKED_UP + "echo 'javac 21.0.1'\n");
    program(
        jdk.resolve("bin/java"),
        PICKED_UP
            + "echo 'openjdk version \"21.0.1\" 2023-10-17' >&2; echo 'OpenJDK 64-Bit' >&2\n");
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result run(Map<String, String> environment) throws Exception {
    Path log = scratch.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/rackfocus").toString(), "replay", "x y")
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  private void assertStarts(Map<String, String> environment) throws Exception {
    Result result = run(environment);
    assertThat(result.output()).contains("started replay x y java=" + jdk + "/bin/java");
    assertThat(result.exit()).isZero();
  }

  @Test
  void shouldFindTheJdkWhateverJavaPicksUpFromTheEnvironment() throws Exception {
    assertStarts(Map.of());
    assertStarts(Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g"));
    assertStarts(Map.of("_JAVA_OPTIONS", "-Xmx1g"));
    assertStarts(Map.of("JDK_JAVA_OPTIONS", "-Xmx1g", "JAVA_TOOL_OPTIONS", "-Dx=17"));
  }

  @Test
  void shouldStartWhateverTheSearchPathOfCd() throws Exception {
    Files.createDirectories(scratch.resolve("other/bin"));
    assertStarts(Map.of("CDPATH", scratch.resolve("other").toString() + ":/:."));
  }

  @Test
  void shouldNeedNoCompilerForWhatIsBuilt() throws Exception {
    Files.delete(jdk.resolve("bin/javac"));
    assertStarts(Map.of());
  }

  @Test
  void shouldPassOverAJavaThatIsTooOld() throws Exception {
    program(jdk.resolve("bin/javac"), "echo 'javac 1.8.0_392' >&2\n");
    program(jdk.resolve("bin/java"), "echo 'openjdk version \"1.8.0_392\"' >&2\n");
    assertThat(run(Map.of()).output()).doesNotContain(jdk.toString());
  }

  @Test
  void shouldNameFilesInUtf8WhereTheLocaleIsPosix() throws Exception {
    for (String locale : new String[] {"", "C", "POSIX", "xx_XX.UTF-8"}) {
      assertThat(run(Map.of("LANG", locale)).output()).as(locale).contains("charset=UTF-8");
    }
    assertThat(run(Map.of("LC_ALL", "C")).output()).contains("charset=UTF-8");
  }
}
