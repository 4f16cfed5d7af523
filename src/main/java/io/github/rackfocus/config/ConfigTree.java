package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tree of a configuration, put together from layers: later layers override earlier ones, option
 * by option. Former names of options are replaced in each layer, so that they override like the new
 * ones.
 */
final class ConfigTree {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigTree.class);
  private static final int MAX_BYTES = 1 << 20;

  private final String name;
  private final List<String> faults = new ArrayList<>();
  private JsonNode root = MissingNode.getInstance();

  /**
   * Creates an empty tree.
   *
   * @param name of the configuration, for messages
   */
  ConfigTree(String name) {
    this.name = name;
  }

  /**
   * Reads a YAML file.
   *
   * @throws IOException if it can't be read or is too large
   * @throws ConfigException if it is not valid YAML
   */
  static JsonNode document(Path file) throws IOException, ConfigException {
    try {
      return DocumentReader.YAML.read(file, MAX_BYTES);
    } catch (DocumentException e) {
      throw new ConfigException(file.toString(), List.of(e.fault()));
    }
  }

  /** Adds a YAML file. Throws as {@link #document}. */
  ConfigTree addFile(Path file) throws IOException, ConfigException {
    return addDocument(file, document(file));
  }

  /** Adds a YAML file that was read before. */
  ConfigTree addDocument(Path file, JsonNode document) {
    return add(file.toString(), document);
  }

  /**
   * Adds YAML text.
   *
   * @throws ConfigException if it is not valid YAML
   */
  ConfigTree addText(String yaml) throws ConfigException {
    try {
      return add(name, DocumentReader.YAML.parse(name, yaml));
    } catch (DocumentException e) {
      throw new ConfigException(name, List.of(e.fault()));
    }
  }

  /** Adds options: maps by name, which hold maps, texts, numbers and booleans. */
  ConfigTree addOptions(Map<String, ?> options) {
    return add(name, new ObjectMapper().valueToTree(options));
  }

  private ConfigTree add(String source, JsonNode layer) {
    List<String> warnings = new ArrayList<>();
    root = merged(root, RenamedOptions.moved(layer, warnings, faults));
    warnings.forEach(warning -> LOG.warn("{}: {}", source, warning));
    return this;
  }

  /** Merges sections option by option; any other value of the upper tree replaces the lower one. */
  private static JsonNode merged(JsonNode lower, JsonNode upper) {
    if (upper.isMissingNode() || upper.isNull()) {
      return lower;
    }
    if (!(lower instanceof ObjectNode) || !upper.isObject()) {
      return upper;
    }
    ObjectNode result = lower.deepCopy();
    upper
        .properties()
        .forEach(
            each -> result.set(each.getKey(), merged(result.path(each.getKey()), each.getValue())));
    return result;
  }

  /**
   * Reads the configuration.
   *
   * @throws ConfigException with all its faults
   */
  AppConfig read() throws ConfigException {
    ConfigSection section = new ConfigSection(root);
    AppConfig config = AppConfig.read(section);
    List<String> all = new ArrayList<>(faults);
    all.addAll(section.faults());
    if (!all.isEmpty()) {
      throw new ConfigException(name, all);
    }
    return config;
  }
}
