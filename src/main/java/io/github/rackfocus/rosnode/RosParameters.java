package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.LiveConfig;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the node's configuration from, in increasing precedence, the YAML file of {@code ~config},
 * the private parameters, and the command line ({@code _name:=value}, which the client has already
 * set as private parameters).
 *
 * <p>Parameters are named after options: a dot becomes a slash, and a capital an underscore and a
 * lower-case letter, so the option {@code sweep.maxStackAge} is {@code ~sweep/max_stack_age}. Names
 * as in the YAML file are accepted as well, so that rosparam can load it.
 */
final class RosParameters {
  /** In a ROS node frames come from topics unless configured otherwise. */
  private static final Map<String, ?> DEFAULTS = Map.of("source", Map.of("kind", "ros"));

  private static final String CONFIG = "config";

  private RosParameters() {}

  /**
   * Reads the configuration of a node.
   *
   * @throws RosException if the master is unavailable
   * @throws IOException if the file is unreadable
   * @throws ConfigException with all errors in file and parameters
   */
  static LiveConfig read(ConnectedNode node) throws RosException, IOException, ConfigException {
    String name = node.getName().value();
    Object found = node.getParameterTree().get(name);
    Map<String, Object> parameters =
        found instanceof Map<?, ?> tree ? options(tree) : new LinkedHashMap<>();
    Path file = file(name, parameters.remove(CONFIG));
    String where = "parameters of " + name + (file == null ? "" : " and " + file);
    return LiveConfig.load(where, DEFAULTS, file, parameters);
  }

  private static @Nullable Path file(String name, @Nullable Object config) throws IOException {
    if (config == null || "".equals(config)) {
      return null;
    }
    Path file = Path.of(config.toString()).toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(name + "/" + CONFIG + " is " + file);
    }
    return file;
  }

  /** Returns a tree of parameters with its names converted to option names. */
  static Map<String, Object> options(Map<?, ?> parameters) {
    Map<String, Object> options = new LinkedHashMap<>();
    parameters.forEach((name, value) ->
        options.put(
            option(String.valueOf(name)), value instanceof Map<?, ?> tree ? options(tree) : value));
    return options;
  }

  /** Converts {@code max_stack_age} to {@code maxStackAge}. */
  static String option(String parameter) {
    StringBuilder option = new StringBuilder();
    for (int i = 0; i < parameter.length(); i++) {
      char c = parameter.charAt(i);
      boolean starts = c == '_' && i > 0 && i + 1 < parameter.length();
      if (starts) {
        i++;
        option.append(Character.toUpperCase(parameter.charAt(i)));
      } else {
        option.append(c);
      }
    }
    return option.toString();
  }
}
