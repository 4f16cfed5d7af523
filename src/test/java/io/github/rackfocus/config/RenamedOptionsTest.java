package io.github.rackfocus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.document.DocumentReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RenamedOptionsTest {
  @TempDir Path folder;

  static Iterable<Map.Entry<String, String>> names() {
    return RenamedOptions.NEW_NAMES.entrySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void shouldReadEveryFormerNameAsTheNewOne(Map.Entry<String, String> names) throws Exception {
    JsonNode value = otherThanTheDefault(names.getValue());
    AppConfig expected = AppConfig.parse("new", at(names.getValue(), value).toString());
    assertThat(AppConfig.parse("former", at(names.getKey(), value).toString()))
        .isEqualTo(expected)
        .isNotEqualTo(AppConfig.defaults());
  }

  @ParameterizedTest
  @MethodSource("names")
  void shouldWarnWithTheNewName(Map.Entry<String, String> names) {
    List<String> warnings = new ArrayList<>();
    JsonNode tree = at(names.getKey(), JsonNodeFactory.instance.numberNode(1));
    RenamedOptions.moved(tree, warnings, new ArrayList<>());
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("option " + names.getKey() + " is now " + names.getValue());
  }

  @Test
  void shouldRejectAnOptionUnderBothNames() {
    ConfigException fault =
        catchThrowableOfType(
            ConfigException.class,
            () -> AppConfig.parse("both", "lensLatency: 0.1\nlens: {latency: 0.2}\nrobt: x\n"));
    assertThat(fault.faults())
        .hasSize(2)
        .contains("lensLatency and lens.latency are both given; expected only lens.latency");
  }

  @Test
  void shouldOverrideAFormerNameByANewOneInALaterLayer() throws Exception {
    Path file = Files.writeString(folder.resolve("node.yaml"), "lensLatency: 0.1\nbitDepth: 12\n");
    AppConfig read = AppConfig.load("test", Map.of(), file, Map.of("lens", Map.of("latency", 0.2)));
    assertThat(read.source().ros().lens().latencySeconds()).isEqualTo(0.2);
    assertThat(read.source().ros().images().bitDepth()).isEqualTo(12);
    Path second = Files.writeString(folder.resolve("new.yaml"), "lens: {latency: 0.1}\n");
    read = AppConfig.load("test", Map.of(), second, Map.of("lensLatency", 0.2));
    assertThat(read.source().ros().lens().latencySeconds()).isEqualTo(0.2);
  }

  @Test
  void shouldReadASectionWhoseNameOnceWasAnOption() throws Exception {
    AppConfig read =
        AppConfig.parse("mixed", "sinks: {kafka: {frames: {enabled: true}, framesTopic: t}}\n");
    assertThat(read.sinks().kafka().frames().topic().name()).isEqualTo("t");
  }

  /** A value that differs from the default in the reference. */
  private static JsonNode otherThanTheDefault(String path) {
    ConfigSection.Option option =
        AppConfig.options().stream()
            .filter(each -> each.path().equals(path))
            .findAny()
            .orElseThrow(() -> new AssertionError(path + " is not an option"));
    String value =
        switch (option.value()) {
          case "true" -> "false";
          case "false" -> "true";
          case "0" -> "0.5";
          case "16" -> "12";
          case "png" -> "zstd";
          default -> "other";
        };
    return DocumentReader.YAML.parse(path, value);
  }

  /** A tree with a value, and with what makes the value count. */
  private static ObjectNode at(String path, JsonNode value) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode kafka = root.putObject("sinks").putObject("kafka");
    kafka.put("enabled", true);
    if (path.endsWith("Topic")
        || path.endsWith("topic")
        || path.toLowerCase().contains("packing")) {
      enable(root, path);
    }
    ObjectNode parent = root;
    String[] keys = path.split("\\.");
    for (int i = 0; i < keys.length - 1; i++) {
      parent = parent.withObject("/" + keys[i]);
    }
    parent.set(keys[keys.length - 1], value);
    return root;
  }

  private static void enable(ObjectNode root, String path) {
    if (path.startsWith("worker")) {
      root.putObject("worker").putObject("deadLetter").put("enabled", true);
    } else if (path.contains("frame")) {
      root.withObject("/sinks").withObject("/kafka").putObject("frames").put("enabled", true);
    }
  }
}
