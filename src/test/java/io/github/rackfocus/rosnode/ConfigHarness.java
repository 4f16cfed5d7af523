package io.github.rackfocus.rosnode;

import static io.github.rackfocus.fuzz.Laws.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigDocument;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a node: as YAML, and as a tree of ROS parameters, which the first byte
 * selects. Every fault is a sentence; the same text gives the same configuration.
 */
public final class ConfigHarness implements FuzzHarness {
  /** All options with their defaults, and the faults of a hopeless document. */
  private static final long CONFIG_BYTES = 2 << 20;

  private final ObjectMapper mapper = new ObjectMapper();

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    String text = new String(Arrays.copyOfRange(input, 1, input.length), StandardCharsets.UTF_8);
    Map<?, ?> parameters = (input[0] & 1) == 0 ? null : parameters(text);
    AppConfig first = Laws.bounded(input, CONFIG_BYTES, 2048, () -> readOrNull(text, parameters));
    if (first != null) {
      check(first.equals(readOrNull(text, parameters)), "the same text is read as the same");
    }
  }

  private Map<?, ?> parameters(String text) {
    try {
      Object tree = mapper.convertValue(DocumentReader.YAML.parse("fuzz", text), Object.class);
      return tree instanceof Map<?, ?> map ? map : Map.of();
    } catch (DocumentException e) {
      return Map.of();
    }
  }

  private static AppConfig readOrNull(String text, Map<?, ?> parameters) throws Exception {
    try {
      return parameters == null
          ? AppConfig.parse("fuzz", text)
          : AppConfig.load("fuzz", Map.of(), null, RosParameters.options(parameters));
    } catch (ConfigException e) {
      List<String> faults = e.faults();
      check(!faults.isEmpty(), "a refusal has a fault");
      for (String fault : faults) {
        check(!fault.isBlank() && fault.length() < 4000, "a fault is a sentence: " + fault);
      }
      return null;
    }
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    String all = ConfigDocument.yaml().replaceAll(" *#[^\n]*", "").replaceAll("\n+", "\n");
    int part = 0;
    for (String section : all.split("\n(?=[a-z])")) {
      if (section.length() > 60) {
        seeds.put("section-" + part++, seed(0, section + "\n"));
      }
    }
    seeds.put("all", seed(0, all));
    seeds.put(
        "parameters",
        seed(1, "robot: arm\nsweep: {max_stack_age: 0.5, planes: 5}\nmodel: {name: ddl}\n"));
    seeds.put("wrong", seed(0, "robot: ''\nsweep: {planes: 1000000, nearest: .nan}\nx: [1, {}]\n"));
    seeds.put("aliases", seed(0, "a: &a [1,2]\nb: &b [*a,*a]\nc: [*b,*b]\n"));
    return seeds;
  }

  private static byte[] seed(int kind, String text) {
    return ((char) kind + text).getBytes(StandardCharsets.UTF_8);
  }
}
