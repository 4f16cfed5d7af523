package io.github.rackfocus.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class SectionTest {
  private static final String DOCUMENT =
      """
      text: hello
      integer: 7
      number: 2.5
      list: [1, 2, 2]
      names: {a: 1, b: {c: 2}}
      nothing: null
      """;

  private static Section strict() {
    return Section.strict("file", DocumentReader.YAML.parse("file", DOCUMENT));
  }

  @Test
  void shouldReadTypedValues() {
    Section root = strict();
    assertThat(root.integer("integer", 0, 10)).isEqualTo(7);
    assertThat(root.longInteger("integer", 0, 10)).isEqualTo(7);
    assertThat(root.number("number", 1, 0, 3, "m")).isEqualTo(2.5);
    assertThat(root.positive("number", 3)).isEqualTo(2.5);
    assertThat(root.text("text", "")).isEqualTo("hello");
    assertThat(root.matching("text", "h.*", "a word")).isEqualTo("hello");
    assertThat(root.anyText("integer", "")).isEqualTo("7");
    assertThat(root.numbers("list", 3)).containsExactly(1, 2, 2);
    assertThat(root.keys()).startsWith("text", "integer");
    assertThat(root.has("nothing")).isFalse();
  }

  @Test
  void shouldReturnDefaultsOfAbsentValues() {
    Section root = strict();
    assertThat(root.integer("nothing", 3, 0, 10, "")).isEqualTo(3);
    assertThat(root.section("absent").flag("on", true)).isTrue();
    assertThat(root.texts("absent")).isEmpty();
  }

  static final List<Arguments> FAULTS =
      List.of(
          fault(s -> s.integer("text", 0, 10), "text is 'hello'; expected an integer from 0 to 10"),
          fault(s -> s.integer("integer", 8, 10), "integer is 7; expected an integer from 8 to 10"),
          fault(s -> s.integer("none", 0, 1), "none is missing; expected an integer from 0 to 1"),
          fault(s -> s.integer("text", 1, 0, 9, "s"), "text is 'hello'; expected an integer (s)"),
          fault(s -> s.integer("integer", 1, 0, 5, "s"), "integer is 7; expected 0 to 5 s"),
          fault(s -> s.number("text", 1, 0, 9, "m"), "text is 'hello'; expected a number (m)"),
          fault(s -> s.number("number", 1, 0, 2, "m"), "number is 2.5; expected 0 to 2 m"),
          fault(s -> s.positive("number", 2), "number is 2.5; expected a number above 0"),
          fault(s -> s.flag("integer", true), "integer is 7; expected true or false"),
          fault(s -> s.text("integer", ""), "integer is 7; expected a text"),
          fault(s -> s.matching("text", "x", "an x"), "text is 'hello'; expected an x"),
          fault(
              s -> s.choice("text", DocumentReader.YAML), "text is 'hello'; expected json | yaml"),
          fault(s -> s.texts("names"), "names.b is {\"c\":2}; expected a single value"),
          fault(s -> s.ascending("list", 0, 9, 9), "list[2] is 2; expected 1 to 9 ascending"),
          fault(s -> s.ascending("list", 0, 9, 2), "list has 3 values; expected 1 to 2 ascending"),
          fault(s -> s.numbers("list", 2), "list has 3 values; expected 2 finite numbers"),
          fault(s -> s.numbers("text", 2), "text is 'hello'; expected 2 finite numbers"),
          fault(s -> s.section("text"), "text is 'hello'; expected an object"),
          fault(s -> s.requiredSection("none"), "none is missing; expected an object"),
          fault(
              s -> s.section("names").section("b").integer("c", 3, 4),
              "names.b.c is 2; expected an integer from 3 to 4"));

  @ParameterizedTest
  @FieldSource("FAULTS")
  void shouldThrowAtTheFirstFaultIfStrict(Consumer<Section> read, String fault) {
    assertThatExceptionOfType(DocumentException.class)
        .isThrownBy(() -> read.accept(strict()))
        .withMessageStartingWith("file: " + fault)
        .satisfies(e -> assertThat("file: " + e.fault()).isEqualTo(e.getMessage()));
  }

  @Test
  void shouldCollectFaultsAndGoOnWithDefaults() {
    List<String> faults = new ArrayList<>();
    Section root = Section.collecting("file", DocumentReader.YAML.parse("file", DOCUMENT), faults);
    assertThat(root.integer("text", 3, 0, 10, "")).isEqualTo(3);
    assertThat(root.section("names").number("b", 4, 0, 10, "")).isEqualTo(4);
    root.ignore("list", "nothing");
    root.reportUnknownKeys("an option");
    assertThat(faults)
        .containsExactly(
            "text is 'hello'; expected an integer",
            "names.b is {\"c\":2}; expected a number",
            "integer is not an option; expected one of list, names, nothing, text",
            "number is not an option; expected one of list, names, nothing, text",
            "names.a is not an option; expected one of b");
  }

  private static Arguments fault(Consumer<Section> read, String fault) {
    return Arguments.of(read, fault);
  }
}
