package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the former names of options that have moved: their values move to the new name, with a
 * warning that names it.
 */
final class RenamedOptions {
  /** New path by former path. A former path that is a section by now held a single value. */
  static final Map<String, String> NEW_NAMES = new LinkedHashMap<>();

  static {
    NEW_NAMES.put("lensLatency", "lens.latency");
    NEW_NAMES.put("depthOffset", "lens.depthOffset");
    NEW_NAMES.put("bitDepth", "source.ros.bitDepth");
    NEW_NAMES.put("sinks.kafka.topic", "sinks.kafka.depth.topic");
    NEW_NAMES.put("sinks.kafka.uncertainty", "sinks.kafka.depth.uncertainty");
    NEW_NAMES.put("sinks.kafka.age", "sinks.kafka.depth.age");
    NEW_NAMES.put("sinks.kafka.frames", "sinks.kafka.frames.enabled");
    NEW_NAMES.put("sinks.kafka.framesTopic", "sinks.kafka.frames.topic");
    NEW_NAMES.put("sinks.kafka.framePacking", "sinks.kafka.frames.packing");
    NEW_NAMES.put("worker.deadLetter", "worker.deadLetter.enabled");
    NEW_NAMES.put("worker.deadLetterTopic", "worker.deadLetter.topic");
  }

  private RenamedOptions() {}

  /**
   * Moves the values of former names.
   *
   * @param root a configuration, which is not changed
   * @param warnings receives a sentence for each former name
   * @param faults receives a sentence for each option given under both names
   * @return the configuration under the new names
   */
  static JsonNode moved(JsonNode root, List<String> warnings, List<String> faults) {
    if (!(root instanceof ObjectNode object)) {
      return root;
    }
    ObjectNode result = object.deepCopy();
    NEW_NAMES.forEach((before, now) -> {
      JsonNode value = remove(result, before);
      if (value == null) {
        return;
      }
      warnings.add("option " + before + " is now " + now + "; the old name is deprecated");
      if (!put(result, now, value)) {
        faults.add(before + " and " + now + " are both given; expected only " + now);
      }
    });
    return result;
  }

  /** Removes and returns a single value, or returns null if there is none. */
  private static @Nullable JsonNode remove(ObjectNode root, String path) {
    List<String> keys = keys(path);
    ObjectNode parent = root;
    for (String key : keys.subList(0, keys.size() - 1)) {
      if (!(parent.get(key) instanceof ObjectNode child)) {
        return null;
      }
      parent = child;
    }
    String last = keys.get(keys.size() - 1);
    JsonNode value = parent.get(last);
    if (value == null || value.isObject()) {
      return null;
    }
    return parent.remove(last);
  }

  /** Adds a value, with the sections around it, and returns whether the place was free. */
  private static boolean put(ObjectNode root, String path, JsonNode value) {
    List<String> keys = keys(path);
    ObjectNode parent = root;
    for (String key : keys.subList(0, keys.size() - 1)) {
      JsonNode child = parent.get(key);
      if (child == null || child.isNull()) {
        child = JsonNodeFactory.instance.objectNode();
        parent.set(key, child);
      }
      if (!(child instanceof ObjectNode section)) {
        return true; // It is reported as no section when it is read.
      }
      parent = section;
    }
    return parent.putIfAbsent(keys.get(keys.size() - 1), value) == null;
  }

  private static List<String> keys(String path) {
    return List.of(path.split("\\."));
  }
}
