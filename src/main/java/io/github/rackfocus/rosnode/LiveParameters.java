package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.LiveConfig;
import io.github.rackfocus.config.LiveOption;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.BoolParameter;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.Config;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.ConfigDescription;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.DoubleParameter;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.Group;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.GroupState;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.IntParameter;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.ParamDescription;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.Reconfigure;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.StrParameter;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LoadPreset;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may change while the node runs, by the protocol of dynamic_reconfigure: topics {@code
 * ~parameter_descriptions} and {@code ~parameter_updates}, service {@code ~set_parameters}; and
 * presets by {@code ~load_preset}. A change that is not valid changes nothing, and its call fails
 * with the reason. Thread-safe.
 */
final class LiveParameters {
  private static final Logger LOG = LoggerFactory.getLogger(LiveParameters.class);
  private static final String GROUP = "Default";
  private static final Pattern PRESET = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final ConnectedNode ros;
  private final DepthNode node;
  private final LiveConfig config;
  private final Map<String, LiveOption> options = new LinkedHashMap<>();
  private final Publisher<Config> updates;

  /** Advertises the topics and services of a node, which end with it. */
  static void advertise(ConnectedNode ros, DepthNode node, LiveConfig config) {
    LiveParameters parameters = new LiveParameters(ros, node, config);
    parameters.updates.publish(parameters.now());
  }

  private LiveParameters(ConnectedNode ros, DepthNode node, LiveConfig config) {
    this.ros = ros;
    this.node = node;
    this.config = config;
    for (LiveOption option : LiveConfig.options()) {
      options.put(parameter(option.name()), option);
    }
    Publisher<ConfigDescription> descriptions =
        ros.newPublisher("~parameter_descriptions", ConfigDescription.TYPE, 1, true);
    this.updates = ros.newPublisher("~parameter_updates", Config.TYPE, 1, true);
    descriptions.publish(description());
    ros.newServiceServer(
        "~set_parameters",
        Reconfigure.TYPE,
        (request, response) -> {
          try {
            change(values(request.config));
          } catch (IllegalArgumentException e) {
            LOG.warn("{}: {}", ros.getName(), e.getMessage());
            throw new RosException(ErrorMessages.of(e));
          }
          response.config = now();
        });
    ros.newServiceServer(
        "~load_preset",
        LoadPreset.TYPE,
        (request, response) -> {
          try {
            response.message = load(request.name);
            response.success = true;
          } catch (IOException | IllegalArgumentException e) {
            response.message = ErrorMessages.of(e);
            LOG.warn("{}: preset {}: {}", ros.getName(), request.name, response.message);
          }
        });
  }

  /** Converts {@code minConfidence} to {@code min_confidence}. */
  static String parameter(String option) {
    StringBuilder parameter = new StringBuilder();
    for (char c : option.toCharArray()) {
      if (Character.isUpperCase(c)) {
        parameter.append('_');
      }
      parameter.append(Character.toLowerCase(c));
    }
    return parameter.toString();
  }

  private synchronized String load(String name) throws IOException {
    if (!PRESET.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the preset's name is '" + name + "'; expected letters, digits, _ and -");
    }
    String folder = config.current().ros().presets();
    if (folder.isEmpty()) {
      throw new IllegalArgumentException("presets is ''; expected the folder of the presets");
    }
    Path file = Path.of(folder, name + ".yaml");
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "there is no " + file.toAbsolutePath() + "; expected a preset there");
    }
    try {
      Map<String, Object> before = values();
      AppConfig after = config.changeTo(file);
      apply(after, before);
      return "options of " + file.getFileName() + " are in use";
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private synchronized void change(Map<String, Object> changes) {
    try {
      Map<String, Object> before = values();
      AppConfig after = config.change(changes);
      apply(after, before);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Map<String, Object> values() {
    return options.values().stream().collect(Collectors.toMap(LiveOption::path, config::value));
  }

  private void apply(AppConfig after, Map<String, Object> before) {
    try {
      node.apply(NodeAssembly.liveSettings(after));
    } catch (IllegalArgumentException e) {
      try {
        config.change(before);
      } catch (ConfigException impossible) {
        e.addSuppressed(impossible);
      }
      throw e;
    }
    updates.publish(now());
    String changed =
        options.values().stream()
            .filter(option -> !config.value(option).equals(before.get(option.path())))
            .map(option -> option.path() + " is " + config.value(option))
            .collect(Collectors.joining(", "));
    if (!changed.isEmpty()) {
      LOG.info("{}: {}", ros.getName(), changed);
    }
  }

  /** The values that a request has; it need not have all. */
  private Map<String, Object> values(Config request) {
    Map<String, Object> values = new LinkedHashMap<>();
    request.bools.forEach(each -> put(values, each.name, each.value));
    request.ints.forEach(each -> put(values, each.name, each.value));
    request.doubles.forEach(each -> put(values, each.name, each.value));
    request.strs.forEach(each -> put(values, each.name, each.value));
    return values;
  }

  private void put(Map<String, Object> values, String name, Object value) {
    LiveOption option = options.get(name);
    if (option == null) {
      throw new IllegalArgumentException(
          "parameter "
              + name
              + " cannot change while the node runs; expected one of "
              + String.join(", ", options.keySet()));
    }
    values.put(option.path(), value);
  }

  private Config now() {
    return encode(config::value);
  }

  private ConfigDescription description() {
    ConfigDescription description = new ConfigDescription();
    Group group = new Group();
    group.name = GROUP;
    options.forEach((name, option) -> group.parameters.add(describe(name, option)));
    description.groups.add(group);
    description.min = encode(option -> end(option, option.min()));
    description.max = encode(option -> end(option, option.max()));
    description.dflt = encode(LiveOption::defaultValue);
    return description;
  }

  private static Object end(LiveOption option, double value) {
    return switch (option.kind()) {
      case FLAG -> option.defaultValue();
      case CHOICE -> "";
      case INTEGER -> (int) value;
      case NUMBER -> value;
    };
  }

  private static ParamDescription describe(String name, LiveOption option) {
    ParamDescription description = new ParamDescription();
    description.name = name;
    description.type =
        switch (option.kind()) {
          case FLAG -> "bool";
          case CHOICE -> "str";
          case INTEGER -> "int";
          case NUMBER -> "double";
        };
    description.description = option.doc();
    description.editMethod = option.choices().isEmpty() ? "" : enumeration(option);
    return description;
  }

  /** The choices as rqt_reconfigure evaluates them: a dictionary of Python. */
  private static String enumeration(LiveOption option) {
    return option.choices().stream()
        .map(choice ->
            String.format(
                Locale.ROOT,
                "{'name': '%1$s', 'value': '%1$s', 'type': 'str', 'description': '',"
                    + " 'srcline': 0, 'srcfile': '', 'cconsttype': 'const char * const',"
                    + " 'ctype': 'std::string'}",
                choice))
        .collect(
            Collectors.joining(
                ", ", "{'enum_description': '" + option.name() + "', 'enum': [", "]}"));
  }

  private Config encode(Function<LiveOption, Object> valueOf) {
    Config encoded = new Config();
    options.forEach((name, option) -> {
      Object value = valueOf.apply(option);
      switch (option.kind()) {
        case FLAG -> {
          BoolParameter parameter = new BoolParameter();
          parameter.name = name;
          parameter.value = (Boolean) value;
          encoded.bools.add(parameter);
        }
        case INTEGER -> {
          IntParameter parameter = new IntParameter();
          parameter.name = name;
          parameter.value = (Integer) value;
          encoded.ints.add(parameter);
        }
        case NUMBER -> {
          DoubleParameter parameter = new DoubleParameter();
          parameter.name = name;
          parameter.value = (Double) value;
          encoded.doubles.add(parameter);
        }
        case CHOICE -> {
          StrParameter parameter = new StrParameter();
          parameter.name = name;
          parameter.value = (String) value;
          encoded.strs.add(parameter);
        }
      }
    });
    GroupState state = new GroupState();
    state.name = GROUP;
    state.state = true;
    encoded.groups.addAll(List.of(state));
    return encoded;
  }
}
