package io.github.rackfocus.kafka;

import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in a process of its own, from the jars on the class path, that can be killed and
 * started again with its log and its ports.
 */
public final class BrokerProcess implements AutoCloseable {
  /**
   * Settings of a broker that comes back soon after a kill. Its controller, in the same process,
   * refuses it until the session of the killed one has ended: with Kafka's default 9 s later.
   */
  public static final Map<String, String> SHORT_SESSION =
      Map.of("broker.session.timeout.ms", "2000", "broker.heartbeat.interval.ms", "500");

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  public BrokerProcess(Path folder) throws IOException {
    this(folder, Map.of());
  }

  /**
   * @param settings further ones; with a {@code inter.broker.listener.name} clients get that
   *     listener in the place of the plain one
   */
  public BrokerProcess(Path folder, Map<String, String> settings) throws IOException {
    this.folder = Files.createDirectories(folder);
    int[] ports = EmbeddedKafkaBroker.freePorts();
    this.port = ports[0];
    Properties properties =
        EmbeddedKafkaBroker.properties(folder.resolve("log"), ports[0], ports[1]);
    String listener = settings.get("inter.broker.listener.name");
    if (listener != null) {
      for (String name : List.of("listeners", "advertised.listeners")) {
        properties.put(name, properties.getProperty(name).replace("PLAINTEXT:", listener + ":"));
      }
    }
    properties.putAll(settings);
    try (Writer out = Files.newBufferedWriter(configuration())) {
      properties.store(out, null);
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {
              "format",
              "--cluster-id",
              Uuid.randomUuid().toString(),
              "--config",
              configuration().toString()
            },
            new PrintStream(said, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IOException(said.toString(StandardCharsets.UTF_8));
    }
  }

  private Path configuration() {
    return folder.resolve("server.properties");
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Starts the process and returns when it takes requests. */
  public void start() throws IOException, InterruptedException, ExecutionException {
    startWithoutWaiting();
    try (Admin admin = admin()) {
      admin.describeCluster().nodes().get();
    }
  }

  /** Starts the process and returns at once. */
  void startWithoutWaiting() throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    // It starts with half the processor time, which is what restarts consist of.
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "kafka.Kafka",
                    configuration().toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("broker.log").toFile()))
            .start();
  }

  void createTopic(String name) throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) Duration.ofSeconds(90).toMillis()));
  }

  /** Ends the process at once, as a power cut would: SIGKILL. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("broker " + running.pid() + " survived SIGKILL");
      }
      process = null;
    }
  }

  /** Takes connections from now on and never answers: SIGSTOP. */
  void hang() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Answers again: SIGCONT. */
  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the broker is not running");
    }
    int status = new ProcessBuilder("kill", name, Long.toString(running.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill " + name + " " + running.pid() + " ended with " + status);
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
