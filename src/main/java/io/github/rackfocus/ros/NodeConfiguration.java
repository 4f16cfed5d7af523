package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.names.NameResolver;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.tcpros.ConnectionConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a node: its name, its master, its remappings and its limits.
 *
 * @param nodeName global, e.g. {@code /robot/rackfocus}
 * @param remappings from and to, as given on the command line
 * @param privateParameters values of {@code _name:=value} (Integer, Double, Boolean or String) by
 *     name without the underscore
 * @param host the host that other nodes connect to ({@code __hostname}, {@code __ip}, ROS_HOSTNAME,
 *     ROS_IP); null: detected
 * @param logFile the file of {@code __log:=}, or null
 * @param remainingArguments arguments that are not ROS remappings, in order
 * @param maxMessageBytes longest message or service call that is accepted
 * @param handshakeTimeout maximum time a peer may take to send its connection header
 */
public record NodeConfiguration(
    GraphName nodeName,
    GraphName namespace,
    Map<GraphName, GraphName> remappings,
    Map<String, Object> privateParameters,
    URI masterUri,
    @Nullable String host,
    @Nullable String logFile,
    List<String> remainingArguments,
    int maxMessageBytes,
    Duration handshakeTimeout) {
  private static final String DEFAULT_MASTER = "http://localhost:11311";
  private static final int DEFAULT_MAX_MESSAGE_BYTES = 64 << 20;

  public NodeConfiguration {
    if (maxMessageBytes < 1 || maxMessageBytes > Integer.MAX_VALUE - 4096) {
      throw new IllegalArgumentException(
          "maxMessageBytes is " + maxMessageBytes + "; expected 1 to 2147479551");
    }
    remappings = Map.copyOf(remappings);
    privateParameters = Map.copyOf(privateParameters);
    remainingArguments = List.copyOf(remainingArguments);
  }

  /**
   * Reads the command line and the environment variables of ROS; the command line takes precedence.
   *
   * @param defaultName the node's base name if {@code __name} is not given
   * @throws IllegalArgumentException if an argument or variable is invalid
   */
  public static NodeConfiguration fromCommandLine(
      List<String> arguments, Map<String, String> environment, String defaultName) {
    Map<String, String> special = new LinkedHashMap<>();
    Map<GraphName, GraphName> remappings = new LinkedHashMap<>();
    Map<String, Object> parameters = new LinkedHashMap<>();
    List<String> remaining = new ArrayList<>();
    for (String argument : arguments) {
      int split = argument.indexOf(":=");
      if (split <= 0) {
        remaining.add(argument);
        continue;
      }
      String from = argument.substring(0, split);
      String to = argument.substring(split + 2);
      if (from.startsWith("__")) {
        special.put(from, to);
      } else if (from.startsWith("_") && from.length() > 1) {
        parameters.put(GraphName.of("~" + from.substring(1)).value().substring(1), parse(to));
      } else {
        remappings.put(GraphName.of(from), GraphName.of(to));
      }
    }
    String name = special.getOrDefault("__name", defaultName);
    if (name.isEmpty() || name.contains("/") || name.startsWith("~")) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a base name of a node; set its namespace with __ns:=");
    }
    GraphName root = GraphName.of("/");
    GraphName namespace =
        root.join(GraphName.of(first(special.get("__ns"), environment.get("ROS_NAMESPACE"), "")));
    return new NodeConfiguration(
        namespace.join(GraphName.of(name)),
        namespace,
        remappings,
        parameters,
        masterUri(
            first(special.get("__master"), environment.get("ROS_MASTER_URI"), DEFAULT_MASTER)),
        host(special, environment),
        special.get("__log"),
        remaining,
        DEFAULT_MAX_MESSAGE_BYTES,
        Duration.ofSeconds(5));
  }

  /** Returns a copy with another limit of message sizes, bytes. */
  public NodeConfiguration withMaxMessageBytes(int bytes) {
    return new NodeConfiguration(
        nodeName,
        namespace,
        remappings,
        privateParameters,
        masterUri,
        host,
        logFile,
        remainingArguments,
        bytes,
        handshakeTimeout);
  }

  /** Returns a copy with another timeout of handshakes. */
  public NodeConfiguration withHandshakeTimeout(Duration timeout) {
    return new NodeConfiguration(
        nodeName,
        namespace,
        remappings,
        privateParameters,
        masterUri,
        host,
        logFile,
        remainingArguments,
        maxMessageBytes,
        timeout);
  }

  /** Returns what the node's TCPROS connections need to know of it. */
  ConnectionConfig connectionConfig() {
    return new ConnectionConfig(nodeName.value(), handshakeTimeout, maxMessageBytes);
  }

  public NameResolver nameResolver() {
    return new NameResolver(namespace, nodeName, remappings);
  }

  private static @Nullable String host(
      Map<String, String> special, Map<String, String> environment) {
    String host =
        first(
            special.get("__hostname"),
            special.get("__ip"),
            environment.get("ROS_HOSTNAME"),
            environment.get("ROS_IP"),
            "");
    if (host.contains("://")) {
      throw new IllegalArgumentException(
          "ROS_HOSTNAME or ROS_IP is \"" + host + "\"; expected a host, not a URI");
    }
    return host.isEmpty() ? null : host;
  }

  /** Returns the first value that is neither null nor empty, or "". */
  private static String first(@Nullable String... values) {
    for (String value : values) {
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  private static URI masterUri(String text) {
    try {
      if (Hosts.isHttp(text)) {
        return URI.create(text);
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "ROS_MASTER_URI is \"" + text + "\"; expected http://HOST:PORT, e.g. " + DEFAULT_MASTER);
  }

  /** Parses a value as roscpp does: as an integer, a double, a boolean, or else a string. */
  static Object parse(String text) {
    if (text.matches("[+-]?\\d{1,10}")) {
      long value = Long.parseLong(text);
      if (value == (int) value) {
        return (int) value;
      }
    }
    if (text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
      return Double.parseDouble(text);
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    return text;
  }
}
