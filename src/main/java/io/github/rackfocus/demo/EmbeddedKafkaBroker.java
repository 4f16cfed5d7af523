package io.github.rackfocus.demo;

import io.github.rackfocus.kafka.KafkaErrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single-node Kafka broker in this JVM, for the demo and for tests. It listens on the loopback
 * interface, keeps its log in a temporary folder that close deletes, and does not create topics
 * automatically. Not thread-safe.
 */
public final class EmbeddedKafkaBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafkaBroker.class);
  private static final int ATTEMPTS = 5;
  private static final String LOOPBACK = "127.0.0.1";

  private final Path folder;
  private final int port;
  private final KafkaRaftServer server;
  private boolean closed;

  private EmbeddedKafkaBroker(Path folder, int port, KafkaRaftServer server) {
    this.folder = folder;
    this.port = port;
    this.server = server;
  }

  /**
   * Starts a broker on free ports and returns when it accepts requests, after 2 to 3 seconds.
   *
   * @throws IOException if it does not start
   */
  public static EmbeddedKafkaBroker start() throws IOException {
    keepJvmAlive();
    for (int attempt = 1; ; attempt++) {
      try {
        return startOnce();
      } catch (IOException e) {
        // Another process may have taken a port before Kafka has bound it.
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.debug("Embedded Kafka broker did not start; trying other ports", e);
      }
    }
  }

  private static EmbeddedKafkaBroker startOnce() throws IOException {
    Path folder = Files.createTempDirectory("rackfocus-kafka-");
    KafkaRaftServer server = null;
    try {
      int[] ports = freePorts();
      Properties properties = properties(folder.resolve("log"), ports[0], ports[1]);
      format(folder, properties);
      server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
      server.startup();
      return new EmbeddedKafkaBroker(folder, ports[0], server);
    } catch (IOException | RuntimeException e) {
      if (server != null) {
        server.shutdown();
      }
      delete(folder);
      throw new IOException("embedded Kafka broker did not start: " + e.getMessage(), e);
    }
  }

  /** The configuration of a small single-node broker that is its own controller. */
  public static Properties properties(Path logFolder, int port, int controllerPort) {
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            "1",
            "listeners",
            "PLAINTEXT://"
                + LOOPBACK
                + ":"
                + port
                + ",CONTROLLER://"
                + LOOPBACK
                + ":"
                + controllerPort,
            "advertised.listeners",
            "PLAINTEXT://" + LOOPBACK + ":" + port,
            "controller.listener.names",
            "CONTROLLER",
            "controller.quorum.voters",
            "1@" + LOOPBACK + ":" + controllerPort,
            "log.dirs",
            logFolder.toString(),
            "auto.create.topics.enable",
            "false"));
    properties.putAll(
        Map.of(
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0",
            "num.network.threads", "1",
            "num.io.threads", "2"));
    return properties;
  }

  private static void format(Path folder, Properties properties) throws IOException {
    Path file = folder.resolve("server.properties");
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {
              "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
            },
            new PrintStream(output, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IOException(
          "folder "
              + folder
              + " of the embedded Kafka broker could not be formatted: "
              + output.toString(StandardCharsets.UTF_8).strip());
    }
  }

  /** Returns two ports that are free now: one for clients and one for the controller. */
  public static int[] freePorts() throws IOException {
    InetAddress loopback = InetAddress.getByName(LOOPBACK);
    try (ServerSocket one = new ServerSocket(0, 1, loopback);
        ServerSocket other = new ServerSocket(0, 1, loopback)) {
      return new int[] {one.getLocalPort(), other.getLocalPort()};
    }
  }

  /** Kafka exits its process after a fatal error; this process must survive. */
  private static void keepJvmAlive() {
    Exit.Procedure prevent =
        (status, message) -> {
          LOG.error("Embedded Kafka broker failed with status {}: {}", status, message);
          throw new IllegalStateException("embedded Kafka broker failed: " + message);
        };
    Exit.setExitProcedure(prevent);
    Exit.setHaltProcedure(prevent);
  }

  /** The address for clients, {@code host:port}. */
  public String bootstrapServers() {
    return LOOPBACK + ":" + port;
  }

  /** The folder of its log, which close deletes. */
  Path folder() {
    return folder;
  }

  /**
   * Creates a topic.
   *
   * @throws IOException if the broker rejects the request, such as for a name in use
   */
  public void createTopic(String name, int partitions) throws IOException, InterruptedException {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IOException(
          "topic " + name + " could not be created: " + KafkaErrors.message(e), e);
    }
  }

  /**
   * Sets a configuration value of a topic, such as {@code max.message.bytes}.
   *
   * @throws IOException if the broker rejects the request
   */
  public void configureTopic(String name, String setting, String value)
      throws IOException, InterruptedException {
    AlterConfigOp change =
        new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
    try (Admin admin = admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, name), List.of(change)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IOException(
          setting + " of topic " + name + " could not be set: " + KafkaErrors.message(e), e);
    }
  }

  /** Returns a configuration value of a topic, own or inherited from the broker. */
  public @Nullable String topicSetting(String name, String setting)
      throws IOException, InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try (Admin admin = admin()) {
      Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
      ConfigEntry entry = config == null ? null : config.get(setting);
      return entry == null ? null : entry.value();
    } catch (ExecutionException e) {
      throw new IOException(
          setting + " of topic " + name + " could not be read: " + KafkaErrors.message(e), e);
    }
  }

  private Admin admin() {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
  }

  /** Stops the broker and deletes its log. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    server.shutdown();
    server.awaitShutdown();
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
