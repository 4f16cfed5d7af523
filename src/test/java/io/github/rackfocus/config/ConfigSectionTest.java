package io.github.rackfocus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

class ConfigSectionTest {
  private enum Colour {
    RED,
    DEEP_BLUE
  }

  private static ConfigSection of(String yaml) throws Exception {
    JsonNode root = new YAMLMapper().readTree(yaml);
    return new ConfigSection(root);
  }

  @Test
  void shouldReadWhatIsThereAndDefaultWhatIsNot() throws Exception {
    ConfigSection settings = of("rate: 12.5\ncolour: deep-blue\nnested: {on: true}\n");
    assertThat(settings.number("rate", 15, 1, 100, "Hz", "")).isEqualTo(12.5);
    assertThat(settings.integer("planes", 10, 3, 64, "", "")).isEqualTo(10);
    assertThat(settings.choice("colour", Colour.RED, "")).isEqualTo(Colour.DEEP_BLUE);
    assertThat(settings.section("nested", "").flag("on", false, "")).isTrue();
    assertThat(settings.faults()).isEmpty();
  }

  @Test
  void shouldReportEveryFaultAtOnceWithItsPath() throws Exception {
    ConfigSection settings =
        of(
            """
            rate: fast
            planes: 2
            share: 1.5
            colour: green
            nested: {onn: true, on: 1}
            odd: 1
            flat: 3
            """);
    settings.number("rate", 15, 1, 100, "Hz", "");
    settings.integer("planes", 10, 3, 64, "", "");
    settings.number("share", 0.5, 0, 1, "", "");
    settings.choice("colour", Colour.RED, "");
    settings.section("nested", "").flag("on", false, "");
    settings.section("flat", "");
    assertThat(settings.faults())
        .containsExactlyInAnyOrder(
            "rate is 'fast'; expected a number (Hz)",
            "planes is 2; expected 3 to 64",
            "share is 1.5; expected 0 to 1",
            "colour is 'green'; expected red | deep-blue",
            "nested.on is 1; expected true or false",
            "nested.onn is not an option; expected one of on",
            "odd is not an option; expected one of colour, flat, nested, planes, rate, share",
            "flat is 3; expected a section of options");
  }
}
