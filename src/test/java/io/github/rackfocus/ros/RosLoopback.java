package io.github.rackfocus.ros;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Real ROS in a network namespace with only loopback, since roscpp nodes listen on all addresses
 * regardless of ROS_IP. All processes run there and end with it.
 */
public final class RosLoopback implements AutoCloseable {
  private static final String MASTER_PORT = "11311";

  private final Path folder;
  private final Process namespace;
  private final List<Process> processes = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * Returns when the namespace is there and its loopback is up.
   *
   * @throws IOException if it could not be made
   */
  public RosLoopback(Path folder) throws IOException {
    this.folder = folder;
    namespace =
        new ProcessBuilder(
                "unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 900")
            .redirectErrorStream(true)
            .start();
    // A process that enters before unshare has been called stays in the host's network, and what
    // it waits for never comes.
    String said = namespace.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"up".equals(said)) {
      namespace.destroyForcibly();
      throw new IOException("no network namespace: unshare says " + said + "; expected up");
    }
  }

  /** Returns what is missing for these tests, or "". */
  public static String missing() throws IOException, InterruptedException {
    for (String tool : new String[] {"roscore", "rostopic", "rosservice", "nsenter"}) {
      if (!Files.isExecutable(Path.of("/usr/bin", tool))) {
        return tool + " is not installed";
      }
    }
    Process probe = new ProcessBuilder("unshare", "--net", "ip", "link", "set", "lo", "up").start();
    return probe.waitFor() == 0 ? "" : "network namespaces are not allowed here";
  }

  /** Returns the mutable environment of further processes, besides the master and ROS_IP. */
  public Map<String, String> environment() {
    return environment;
  }

  /** A process and its output so far. */
  public record Running(Process process, Path log) {
    public String output() {
      try {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /** Sends SIGINT, as a terminal or roslaunch does. */
    public void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    public void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /** Starts a command in the namespace; its output goes to a file. */
  public Running start(String name, String... command) throws IOException {
    // A background shell ignores SIGINT, and so would its children.
    List<String> all =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT",
                "nsenter",
                "-t",
                Long.toString(namespace.pid()),
                "-n"));
    all.addAll(Arrays.asList(command));
    String file = Path.of(name).getFileName().toString();
    Path log = Files.createTempFile(folder, file, ".log");
    ProcessBuilder builder =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("ROS_MASTER_URI", "http://127.0.0.1:" + MASTER_PORT);
    builder.environment().put("ROS_IP", "127.0.0.1");
    builder.environment().put("ROS_HOME", folder.resolve("ros").toString());
    builder.environment().put("PYTHONUNBUFFERED", "1");
    builder.environment().remove("ROS_HOSTNAME");
    builder.environment().remove("ROS_NAMESPACE");
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return new Running(process, log);
  }

  /** Starts the test node in its own JVM. */
  public Running startNode(String name, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("__name:=" + name));
    all.addAll(Arrays.asList(arguments));
    return startJava(name, InteropNode.class, all.toArray(String[]::new));
  }

  /** Starts a main class of this project in its own JVM. */
  public Running startJava(String name, Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + logback(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(Arrays.asList(arguments));
    return start(name, command.toArray(String[]::new));
  }

  private Path logback() throws IOException {
    Path file = folder.resolve("logback.xml");
    Files.writeString(
        file,
        "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'>"
            + "<encoder><pattern>%level %msg%n</pattern></encoder></appender>"
            + "<root level='INFO'><appender-ref ref='out'/></root></configuration>");
    return file;
  }

  /** Runs a command to its end, at most 30 s, and returns what it printed. */
  public String run(String... command) throws IOException, InterruptedException {
    Running running = start(command[0], command);
    if (!running.process.waitFor(30, TimeUnit.SECONDS)) {
      running.kill();
    }
    return running.output();
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    for (Process process : processes) {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    }
    namespace.destroyForcibly().waitFor();
  }
}
