package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.rackfocus.config.LiveOption.Kind;
import io.github.rackfocus.document.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of which some options may change while a node runs. Every change is checked as
 * the whole configuration is at the start: one that is not valid changes nothing. Thread-safe.
 */
public final class LiveConfig {
  private static final Map<String, Function<AppConfig, Object>> LIVE = new LinkedHashMap<>();

  static {
    LIVE.put("validity.minConfidence", config -> config.validity().minConfidence());
    LIVE.put("validity.textureFloor", config -> config.validity().textureFloor());
    LIVE.put("validity.saturationLuma", config -> config.validity().saturationLuma());
    LIVE.put("validity.beyondMargin", config -> config.validity().beyondMarginPlanes());
    LIVE.put("validity.requireSettled", config -> config.validity().requireSettled());
    LIVE.put("model.iterations", config -> config.model().iterations());
    LIVE.put("model.deadlineMillis", config -> config.model().deadlineMillis());
    LIVE.put("sweep.everyNth", config -> config.rolling().everyNth());
    LIVE.put("sweep.registration", config -> Section.name(config.rolling().registration()));
    LIVE.put("filter", config -> Section.name(config.filter()));
  }

  private final String name;
  private final Map<String, ?> defaults;
  private final @Nullable Path file;
  private final JsonNode document;
  private final Map<String, ?> overrides;
  private final Map<String, Object> changes = new HashMap<>();
  private AppConfig current;

  private LiveConfig(
      String name, Map<String, ?> defaults, @Nullable Path file, Map<String, ?> overrides)
      throws IOException, ConfigException {
    this.name = name;
    this.defaults = defaults;
    this.file = file;
    this.document = file == null ? MissingNode.getInstance() : ConfigTree.document(file);
    this.overrides = overrides;
    this.current = read(Map.of());
  }

  /**
   * Reads a configuration; parameters as of {@link AppConfig#load}.
   *
   * @throws IOException if the file can't be read
   * @throws ConfigException with all faults of all layers
   */
  public static LiveConfig load(
      String name, Map<String, ?> defaults, @Nullable Path file, Map<String, ?> overrides)
      throws IOException, ConfigException {
    return new LiveConfig(name, defaults, file, overrides);
  }

  /** The configuration as it is now. */
  public synchronized AppConfig current() {
    return current;
  }

  /** Returns the options that may change. */
  public static List<LiveOption> options() {
    List<LiveOption> options = new ArrayList<>();
    for (ConfigSection.Option option : AppConfig.options()) {
      if (LIVE.containsKey(option.path())) {
        options.add(live(option));
      }
    }
    return options;
  }

  private static LiveOption live(ConfigSection.Option option) {
    String value = option.value();
    if (value.equals("true") || value.equals("false")) {
      return new LiveOption(
          option.path(),
          Kind.FLAG,
          Boolean.valueOf(value),
          Double.NaN,
          Double.NaN,
          List.of(),
          option.doc());
    }
    if (option.range().contains(" | ")) {
      return new LiveOption(
          option.path(),
          Kind.CHOICE,
          value,
          Double.NaN,
          Double.NaN,
          List.of(option.range().split(" \\| ")),
          option.doc());
    }
    String[] ends = option.range().split(" to ");
    Object now = reader(option.path()).apply(AppConfig.defaults());
    boolean whole = now instanceof Integer;
    return new LiveOption(
        option.path(),
        whole ? Kind.INTEGER : Kind.NUMBER,
        now,
        Double.parseDouble(ends[0]),
        Double.parseDouble(ends[1]),
        List.of(),
        option.doc());
  }

  private static Function<AppConfig, Object> reader(String path) {
    return Objects.requireNonNull(LIVE.get(path), path);
  }

  /** Returns the value that a live option has now, of its kind. */
  public synchronized Object value(LiveOption option) {
    return reader(option.path()).apply(current);
  }

  /**
   * Changes options.
   *
   * @param values by path
   * @return the whole configuration after the change
   * @throws ConfigException if one may not change or the configuration would be invalid; nothing is
   *     changed then
   */
  public synchronized AppConfig change(Map<String, ?> values) throws ConfigException {
    List<String> faults = new ArrayList<>();
    for (String path : values.keySet()) {
      if (!LIVE.containsKey(path)) {
        faults.add(path + ": it cannot change while the node runs; expected one of " + paths());
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(name, faults);
    }
    Map<String, Object> all = new HashMap<>(changes);
    all.putAll(values);
    current = read(all);
    changes.putAll(values);
    return current;
  }

  /**
   * Changes the options that a YAML file has.
   *
   * @return as {@link #change}
   * @throws IOException if the file can't be read
   * @throws ConfigException as {@link #change}
   */
  public AppConfig changeTo(Path preset) throws IOException, ConfigException {
    Map<String, Object> values = new LinkedHashMap<>();
    collect("", ConfigTree.document(preset), values);
    if (values.isEmpty()) {
      throw new ConfigException(
          preset.toString(), List.of("it has no option; expected some of " + paths()));
    }
    return change(values);
  }

  private static void collect(String path, JsonNode node, Map<String, Object> values) {
    if (node.isObject()) {
      node.properties()
          .forEach(each ->
              collect(
                  path.isEmpty() ? each.getKey() : path + "." + each.getKey(),
                  each.getValue(),
                  values));
    } else if (!node.isMissingNode() && !node.isNull()) {
      values.put(path, node);
    }
  }

  private static String paths() {
    return String.join(", ", LIVE.keySet());
  }

  private AppConfig read(Map<String, ?> live) throws ConfigException {
    ConfigTree tree = new ConfigTree(name).addOptions(defaults);
    if (file != null) {
      tree.addDocument(file, document);
    }
    tree.addOptions(overrides);
    for (Map.Entry<String, ?> each : live.entrySet()) {
      String[] keys = each.getKey().split("\\.");
      Map<String, Object> option = Map.of(keys[keys.length - 1], each.getValue());
      for (int i = keys.length - 2; i >= 0; i--) {
        option = Map.of(keys[i], option);
      }
      tree.addOptions(option);
    }
    return tree.read();
  }
}
