package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.document.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads one section of a configuration. Each option is read once, with its default, unit, range and
 * description in that one place; the same calls produce the reference ({@link #options}) from which
 * {@code config/node.yaml} is generated.
 *
 * <p>Faults are collected, each with its path, what was found and what was expected, so that all of
 * them can be reported at once; a faulty option reads as its default. Not thread-safe.
 */
final class ConfigSection {
  /**
   * An option in the reference.
   *
   * @param path dotted keys from the root
   * @param value the default as YAML; empty for a section
   * @param unit of the value and the range; empty for none
   * @param range allowed values; empty if the description says it
   * @param doc one sentence
   */
  record Option(String path, String value, String unit, String range, String doc) {}

  private final Section section;
  private final List<String> faults;
  private final List<Option> options;

  /** Creates the root of a configuration. */
  ConfigSection(JsonNode root) {
    this(root, new ArrayList<>());
  }

  private ConfigSection(JsonNode root, List<String> faults) {
    this(Section.collecting("configuration", root, faults), faults, new ArrayList<>());
  }

  private ConfigSection(Section section, List<String> faults, List<Option> options) {
    this.section = section;
    this.faults = faults;
    this.options = options;
  }

  /** Returns a section below this one. */
  ConfigSection section(String name, String doc) {
    describe(name, "", "", "", doc);
    return new ConfigSection(section.section(name), faults, options);
  }

  /** Returns an integer in {@code [min, max]}. */
  int integer(String name, int defaultValue, int min, int max, String unit, String doc) {
    describe(name, Integer.toString(defaultValue), unit, min + " to " + max, doc);
    return section.integer(name, defaultValue, min, max, unit);
  }

  /** Returns a number in {@code [min, max]}. */
  double number(String name, double defaultValue, double min, double max, String unit, String doc) {
    describe(name, Section.plain(defaultValue), unit, Section.range(min, max), doc);
    return section.number(name, defaultValue, min, max, unit);
  }

  /** Returns a list of up to {@code maxCount} numbers in {@code [min, max]}, empty by default. */
  double[] numbers(String name, double min, double max, int maxCount, String unit, String doc) {
    describe(name, "[]", unit, Section.range(min, max), doc);
    return section.numbers(name, min, max, maxCount, unit);
  }

  /** Returns true or false; the description begins with "Whether". */
  boolean flag(String name, boolean defaultValue, String doc) {
    describe(name, Boolean.toString(defaultValue), "", "", doc);
    return section.flag(name, defaultValue);
  }

  /** Returns a text, which may be empty. */
  String text(String name, String defaultValue, String range, String doc) {
    describe(name, defaultValue.isEmpty() ? "\"\"" : defaultValue, "", range, doc);
    return section.text(name, defaultValue);
  }

  /** Returns one of an enumeration's constants, which are in lower case in the file. */
  <E extends Enum<E>> E choice(String name, E defaultValue, String doc) {
    String range = Section.choices(defaultValue.getDeclaringClass());
    describe(name, Section.name(defaultValue), "", range, doc);
    return section.choice(name, defaultValue);
  }

  /** Returns a map of texts, such as a client library's own properties. */
  Map<String, String> map(String name, String doc) {
    describe(name, "{}", "", "", doc);
    return section.texts(name);
  }

  /** Reports a fault that the types can't express, such as two options that contradict. */
  void fault(String name, String found, String expected) {
    section.report(name, found, expected);
  }

  /** Reports an error message about an option from the code that uses it. */
  void reject(String name, String message) {
    section.report(section.at(name) + ": " + message);
  }

  /** Returns every fault so far, and one for each unknown key. Call it on the root, once. */
  List<String> faults() {
    section.reportUnknownKeys("an option");
    return faults;
  }

  /** Returns every option that was read, in order, with its default. */
  List<Option> options() {
    return options;
  }

  private void describe(String name, String value, String unit, String range, String doc) {
    options.add(new Option(section.at(name), value, unit, range, doc));
  }
}
