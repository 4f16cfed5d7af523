package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.names.NameResolver;
import io.github.rackfocus.ros.net.Hosts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who a node is, where its master is, how its names are mapped, and its limits.
 *
 * @param nodeName global, e.g. {@code /robot/rackfocus}
 * @param remappings names as given, from and to
 * @param privateParameters of {@code _name:=value}, by name without the underscore: Integer,
 *     Double, Boolean or String
 * @param host what others call this machine ({@code __hostname}, {@code __ip}, ROS_HOSTNAME,
 *     ROS_IP), null for its own idea
 * @param logFile of {@code __log:=}, or null
 * @param remainingArguments those that ROS has no meaning for, in order
 * @param maxMessageBytes longest message or service call taken from outside
 * @param handshakeTimeout how long another end may take over its header
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
          "the longest message is " + maxMessageBytes + " bytes; expected 1 to 2147479551");
    }
    remappings = Map.copyOf(remappings);
    privateParameters = Map.copyOf(privateParameters);
    remainingArguments = List.copyOf(remainingArguments);
  }

  /**
   * Reads ROS's command-line forms and environment variables; the command line comes first.
   *
   * @param defaultName the node's base name where {@code __name} is not given
   * @throws IllegalArgumentException with a sentence for the user if one of them is wrong
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
          "\"" + name + "\" is no base name of a node; give its namespace by __ns:=");
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

  /** The same with another limit of message sizes. */
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

  /** The same with another deadline of handshakes. */
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

  /** The first that is given and not empty, else the last. */
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
      // said below
    }
    throw new IllegalArgumentException(
        "ROS_MASTER_URI is \"" + text + "\"; expected http://HOST:PORT, e.g. " + DEFAULT_MASTER);
  }

  /** As roscpp reads {@code _param:=value}: integer, then number, then truth value, then text. */
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
