package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.rackfocus.common.PrintableText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One section of a configuration while it is read: each option is asked for once, with its default,
 * unit, range and meaning in that one place.
 *
 * <p>Faults are gathered, each with its path, what was found and what would be right, so that all
 * are reported at once; an option at fault reads as its default. The same calls describe the
 * options ({@link #options}), from which the documented {@code config/node.yaml} is made. For one
 * thread.
 */
final class ConfigSection {
  /** An option as it is documented. */
  record Option(String path, String value, String unit, String range, String doc) {}

  private final String path;
  private final JsonNode node;
  private final Set<String> asked = new HashSet<>();
  private final List<ConfigSection> sections = new ArrayList<>();
  private final List<String> faults;
  private final List<Option> options;

  /** The root of a configuration. */
  ConfigSection(JsonNode root) {
    this("", root, new ArrayList<>(), new ArrayList<>());
    checkIsSection();
  }

  private ConfigSection(String path, JsonNode node, List<String> faults, List<Option> options) {
    this.path = path;
    this.node = node;
    this.faults = faults;
    this.options = options;
  }

  /** A section below this one. */
  ConfigSection section(String name, String doc) {
    asked.add(name);
    options.add(new Option(at(name), "", "", "", doc));
    ConfigSection child = new ConfigSection(at(name), node.path(name), faults, options);
    child.checkIsSection();
    sections.add(child);
    return child;
  }

  /** A whole number within bounds. */
  int integer(String name, int byDefault, int min, int max, String unit, String doc) {
    describe(name, Integer.toString(byDefault), unit, min + " to " + max, doc);
    JsonNode value = node.path(name);
    if (isAbsent(value)) {
      return byDefault;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      return fault(name, shown(value), "a whole number" + of(unit), byDefault);
    }
    int number = value.intValue();
    return number < min || number > max
        ? fault(name, shown(value), min + " to " + max + of(unit), byDefault)
        : number;
  }

  /** A number within bounds. */
  double number(String name, double byDefault, double min, double max, String unit, String doc) {
    describe(name, plain(byDefault), unit, plain(min) + " to " + plain(max), doc);
    JsonNode value = node.path(name);
    if (isAbsent(value)) {
      return byDefault;
    }
    if (!value.isNumber()) {
      return fault(name, shown(value), "a number" + of(unit), byDefault);
    }
    double number = value.doubleValue();
    return number >= min && number <= max
        ? number
        : fault(name, shown(value), plain(min) + " to " + plain(max) + of(unit), byDefault);
  }

  /** True or false. */
  boolean flag(String name, boolean byDefault, String doc) {
    describe(name, Boolean.toString(byDefault), "", "true or false", doc);
    JsonNode value = node.path(name);
    if (isAbsent(value)) {
      return byDefault;
    }
    return value.isBoolean()
        ? value.booleanValue()
        : fault(name, shown(value), "true or false", byDefault);
  }

  /** A text, which may be empty. */
  String text(String name, String byDefault, String range, String doc) {
    describe(name, byDefault.isEmpty() ? "\"\"" : byDefault, "", range, doc);
    JsonNode value = node.path(name);
    if (isAbsent(value)) {
      return byDefault;
    }
    return value.isTextual() ? value.textValue() : fault(name, shown(value), "a text", byDefault);
  }

  /** One of an enumeration's constants, in lower case. */
  <E extends Enum<E>> E choice(String name, E byDefault, String doc) {
    E[] all = byDefault.getDeclaringClass().getEnumConstants();
    StringBuilder range = new StringBuilder();
    for (E each : all) {
      range.append(range.isEmpty() ? "" : " | ").append(key(each));
    }
    describe(name, key(byDefault), "", range.toString(), doc);
    JsonNode value = node.path(name);
    if (isAbsent(value)) {
      return byDefault;
    }
    for (E each : all) {
      if (value.isTextual() && key(each).equals(value.textValue())) {
        return each;
      }
    }
    return fault(name, shown(value), range.toString(), byDefault);
  }

  /** A free map of texts, such as a client library's own properties. */
  java.util.Map<String, String> map(String name, String doc) {
    describe(name, "{}", "", "names and values", doc);
    JsonNode value = node.path(name);
    java.util.Map<String, String> map = new java.util.TreeMap<>();
    if (isAbsent(value)) {
      return map;
    }
    if (!value.isObject()) {
      return fault(name, shown(value), "names and values", map);
    }
    value
        .properties()
        .forEach(entry -> {
          if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
            map.put(entry.getKey(), entry.getValue().asText());
          } else {
            fault(name + "." + entry.getKey(), shown(entry.getValue()), "a single value", map);
          }
        });
    return map;
  }

  /** Reports a fault that the types can't see, such as two options that contradict each other. */
  void fault(String name, String found, String expected) {
    faults.add(at(name) + " is " + found + "; expected " + expected);
  }

  /** Reports what a part that took several options refused, in that part's own sentence. */
  void reject(String name, String sentence) {
    faults.add(at(name) + ": " + sentence);
  }

  /** Every fault so far, also for keys that nobody asked for; call it once, when all was read. */
  List<String> faults() {
    collectUnknown();
    return faults;
  }

  /** Every option asked for, in order, with its default. */
  List<Option> options() {
    return options;
  }

  private void collectUnknown() {
    if (node.isObject()) {
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!asked.contains(name)) {
          faults.add(at(name) + " is not an option; expected one of " + known());
        }
      }
    }
    sections.forEach(ConfigSection::collectUnknown);
  }

  private String known() {
    return String.join(", ", asked.stream().sorted().toList());
  }

  private void checkIsSection() {
    if (!isAbsent(node) && !node.isObject()) {
      faults.add(
          (path.isEmpty() ? "the configuration" : path)
              + " is "
              + shown(node)
              + "; expected a section of options");
    }
  }

  private void describe(String name, String value, String unit, String range, String doc) {
    asked.add(name);
    options.add(new Option(at(name), value, unit, range, doc));
  }

  private <T> T fault(String name, String found, String expected, T byDefault) {
    fault(name, found, expected);
    return byDefault;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static boolean isAbsent(JsonNode value) {
    return value instanceof MissingNode || value.isNull();
  }

  private static String shown(JsonNode value) {
    String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
    return PrintableText.of(text, 60);
  }

  private static String of(String unit) {
    return unit.isEmpty() ? "" : " " + unit;
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
