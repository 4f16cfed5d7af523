package io.github.rackfocus.document;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.common.PrintableText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over one object of a document with typed, range-checked getters. Every fault names the
 * document, the path, what was found and what was expected.
 *
 * <p>A {@link #strict} section throws at the first fault. A {@link #collecting} section adds faults
 * to a list and returns the default instead, so that all faults can be reported at once; a getter
 * without a default throws in both. Not thread-safe.
 */
public final class Section {
  private static final int LONGEST_QUOTE = 60;

  private final String source;
  private final String path;
  private final JsonNode node;
  private final @Nullable List<String> faults;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<Section> children = new ArrayList<>();

  private Section(String source, String path, JsonNode node, @Nullable List<String> faults) {
    this.source = source;
    this.path = path;
    this.node = node;
    this.faults = faults;
  }

  /**
   * Returns a root that throws a {@link DocumentException} at the first fault.
   *
   * @param source name of the document, for messages
   */
  public static Section strict(String source, JsonNode root) {
    Section section = new Section(source, "", root, null);
    section.requireObject();
    return section;
  }

  /**
   * Returns a root that collects faults.
   *
   * @param source name of the document, for messages
   * @param faults receives one sentence per fault, without the name of the document
   */
  public static Section collecting(String source, JsonNode root, List<String> faults) {
    Section section = new Section(source, "", root, faults);
    section.requireObject();
    return section;
  }

  /** Returns the keys in this section, in the document's order. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Returns whether the section has a value for a key; null counts as none. */
  public boolean has(String key) {
    return !isAbsent(node.path(key));
  }

  /** Returns the section below a key; an absent one is empty and returns defaults only. */
  public Section section(String key) {
    known.add(key);
    Section child = new Section(source, at(key), node.path(key), faults);
    child.requireObject();
    children.add(child);
    return child;
  }

  /** Returns the section below a key, which must be there. */
  public Section requiredSection(String key) {
    required(key, "an object");
    return section(key);
  }

  /** Returns an integer in {@code [min, max]}, or the default where the key is absent. */
  public int integer(String key, int defaultValue, int min, int max, String unit) {
    JsonNode value = value(key);
    if (isAbsent(value)) {
      return defaultValue;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      return fault(key, shown(value), "an integer" + inParentheses(unit), defaultValue);
    }
    int number = value.intValue();
    return number < min || number > max
        ? fault(key, shown(value), min + " to " + max + after(unit), defaultValue)
        : number;
  }

  /** Returns an integer in {@code [min, max]}. */
  public int integer(String key, int min, int max) {
    return (int) longInteger(key, min, max);
  }

  /** Returns a 64-bit integer in {@code [min, max]}. */
  public long longInteger(String key, long min, long max) {
    String expected = "an integer from " + min + " to " + max;
    JsonNode value = required(key, expected);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw exception(key, shown(value), expected);
    }
    return value.longValue();
  }

  /** Returns a number in {@code [min, max]}, or the default where the key is absent. */
  public double number(String key, double defaultValue, double min, double max, String unit) {
    JsonNode value = value(key);
    if (isAbsent(value)) {
      return defaultValue;
    }
    if (!value.isNumber()) {
      return fault(key, shown(value), "a number" + inParentheses(unit), defaultValue);
    }
    double number = value.doubleValue();
    return number >= min && number <= max
        ? number
        : fault(key, shown(value), range(min, max) + after(unit), defaultValue);
  }

  /** Returns a number, or the default where the key is absent. */
  public double number(String key, double defaultValue) {
    JsonNode value = value(key);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    return value.isNumber()
        ? value.doubleValue()
        : fault(key, shown(value), "a number", defaultValue);
  }

  /** Returns a number above 0 and at most {@code max}. */
  public double positive(String key, double max) {
    String expected = "a number above 0 and at most " + max;
    JsonNode value = required(key, expected);
    if (!value.isNumber() || !(value.doubleValue() > 0) || value.doubleValue() > max) {
      throw exception(key, shown(value), expected);
    }
    return value.doubleValue();
  }

  /** Returns true or false, or the default where the key is absent. */
  public boolean flag(String key, boolean defaultValue) {
    JsonNode value = value(key);
    if (isAbsent(value)) {
      return defaultValue;
    }
    return value.isBoolean()
        ? value.booleanValue()
        : fault(key, shown(value), "true or false", defaultValue);
  }

  /** Returns a text, which may be empty, or the default where the key is absent. */
  public String text(String key, String defaultValue) {
    JsonNode value = value(key);
    if (isAbsent(value)) {
      return defaultValue;
    }
    return value.isTextual() ? value.textValue() : fault(key, shown(value), "a text", defaultValue);
  }

  /** Returns a text, or a number or boolean as text, or the default where the key is absent. */
  public String anyText(String key, String defaultValue) {
    return value(key).asText(defaultValue);
  }

  /**
   * Returns a text that matches a regular expression.
   *
   * @param expected what the pattern stands for, for the message
   */
  public String matching(String key, String pattern, String expected) {
    JsonNode value = required(key, expected);
    if (!value.isTextual() || !value.textValue().matches(pattern)) {
      throw exception(key, shown(value), expected);
    }
    return value.textValue();
  }

  /**
   * Returns the constant of an enumeration that a text names in lower case, with hyphens for
   * underscores, or the default where the key is absent. YAML and ROS read {@code off} and {@code
   * on} as false and true, which therefore stand for constants of these names.
   */
  public <E extends Enum<E>> E choice(String key, E defaultValue) {
    JsonNode value = value(key);
    if (isAbsent(value)) {
      return defaultValue;
    }
    String text = value.isBoolean() ? (value.booleanValue() ? "on" : "off") : value.textValue();
    for (E each : defaultValue.getDeclaringClass().getEnumConstants()) {
      if (name(each).equals(text)) {
        return each;
      }
    }
    return fault(key, shown(value), choices(defaultValue.getDeclaringClass()), defaultValue);
  }

  /** Returns a map of names to single values, empty where the key is absent. */
  public Map<String, String> texts(String key) {
    JsonNode value = value(key);
    Map<String, String> texts = new TreeMap<>();
    if (isAbsent(value)) {
      return texts;
    }
    if (!value.isObject()) {
      return fault(key, shown(value), "names and values", texts);
    }
    value
        .properties()
        .forEach(entry -> {
          if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
            texts.put(entry.getKey(), entry.getValue().asText());
          } else {
            report(key + "." + entry.getKey(), shown(entry.getValue()), "a single value");
          }
        });
    return texts;
  }

  /** Returns 1 to {@code maxCount} strictly ascending integers in {@code [min, max]}. */
  public List<Integer> ascending(String key, int min, int max, int maxCount) {
    String expected = "1 to " + maxCount + " ascending integers from " + min + " to " + max;
    List<JsonNode> values = elements(key, expected);
    if (values.isEmpty() || values.size() > maxCount) {
      throw exception(at(key) + " has " + values.size() + " values; expected " + expected);
    }
    List<Integer> integers = new ArrayList<>(values.size());
    int previous = min - 1;
    for (JsonNode value : values) {
      if (!value.isInt() || value.intValue() <= previous || value.intValue() > max) {
        throw exception(key + "[" + integers.size() + "]", shown(value), expected);
      }
      previous = value.intValue();
      integers.add(previous);
    }
    return List.copyOf(integers);
  }

  /**
   * Returns a list of finite numbers.
   *
   * @param count how many there must be
   */
  public double[] numbers(String key, int count) {
    String expected = count + " finite numbers";
    List<JsonNode> values = elements(key, expected);
    if (values.size() != count) {
      throw exception(at(key) + " has " + values.size() + " values; expected " + expected);
    }
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      JsonNode value = values.get(i);
      numbers[i] = value.isNumber() ? value.doubleValue() : Double.NaN;
      if (!Double.isFinite(numbers[i])) {
        throw exception(key + "[" + i + "]", shown(value), "a finite number");
      }
    }
    return numbers;
  }

  /**
   * Returns the numbers of a list in {@code [min, max]}; an absent key is an empty list. A fault is
   * reported and reads as an empty list.
   */
  public double[] numbers(String key, double min, double max, int maxCount, String unit) {
    String expected = "up to " + maxCount + " numbers, " + range(min, max) + " " + unit;
    known.add(key);
    JsonNode list = node.path(key);
    if (isAbsent(list)) {
      return new double[0];
    }
    boolean good = list.isArray() && list.size() <= maxCount;
    double[] numbers = new double[good ? list.size() : 0];
    for (int i = 0; good && i < numbers.length; i++) {
      JsonNode value = list.get(i);
      numbers[i] = value.isNumber() ? value.doubleValue() : Double.NaN;
      good = numbers[i] >= min && numbers[i] <= max;
    }
    return good ? numbers : fault(key, shown(list), expected, new double[0]);
  }

  /** Returns the elements of a list, unchecked. */
  public List<JsonNode> elements(String key, String expected) {
    JsonNode value = required(key, expected);
    if (!value.isArray()) {
      throw exception(key, shown(value), expected);
    }
    List<JsonNode> elements = new ArrayList<>(value.size());
    value.forEach(elements::add);
    return elements;
  }

  /**
   * Returns the sections of a list, which must have {@code min} to {@code max} objects.
   *
   * @throws DocumentException for another number, or an element that is no object
   */
  public List<Section> sections(String key, int min, int max) {
    String expected = "a list of " + min + " to " + max + " objects";
    List<JsonNode> values = elements(key, expected);
    if (values.size() < min || values.size() > max) {
      throw exception(at(key) + " has " + values.size() + " values; expected " + expected);
    }
    List<Section> sections = new ArrayList<>(values.size());
    for (JsonNode value : values) {
      String place = key + "[" + sections.size() + "]";
      if (!value.isObject()) {
        throw exception(place, shown(value), "an object");
      }
      Section child = new Section(source, at(place), value, faults);
      children.add(child);
      sections.add(child);
    }
    return List.copyOf(sections);
  }

  /** Reports a fault that the types can't express, such as two keys that contradict each other. */
  public void report(String key, Object found, String expected) {
    report(at(key) + " is " + found + "; expected " + expected);
  }

  /** Reports a fault as one sentence that names its place itself. */
  public void report(String sentence) {
    if (faults == null) {
      throw exception(sentence);
    }
    faults.add(sentence);
  }

  /** Returns the exception for a fault that has no default, for the caller to throw. */
  public DocumentException exception(String key, Object found, String expected) {
    return exception(at(key) + " is " + found + "; expected " + expected);
  }

  /** Returns the exception for a fault as one sentence that names its place itself. */
  public DocumentException exception(String sentence) {
    return new DocumentException(source, sentence);
  }

  /**
   * Reports every key, here and below, that no getter was called for. Call it after reading.
   *
   * @param what what a key is, for the message, such as {@code an option}
   */
  public void reportUnknownKeys(String what) {
    for (String key : keys()) {
      if (!known.contains(key)) {
        report(at(key) + " is not " + what + "; expected one of " + String.join(", ", known));
      }
    }
    children.forEach(child -> child.reportUnknownKeys(what));
  }

  /** Accepts keys that are not read. */
  public void ignore(String... keys) {
    known.addAll(List.of(keys));
  }

  /** Returns the dotted path of a key from the root. */
  public String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Returns the names of an enumeration's constants, as {@link #choice} reads them. */
  public static String choices(Class<? extends Enum<?>> type) {
    return Stream.of(type.getEnumConstants()).map(Section::name).collect(Collectors.joining(" | "));
  }

  /** Returns the name of a constant, as {@link #choice} reads it. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns a range as messages show it. */
  public static String range(double min, double max) {
    return plain(min) + " to " + plain(max);
  }

  /** Returns a finite number without an exponent and needless digits. */
  public static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /** Returns a value as messages show it: shortened, texts in single quotes. */
  public static String shown(JsonNode value) {
    String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
    return PrintableText.of(text, LONGEST_QUOTE);
  }

  private void requireObject() {
    if (!isAbsent(node) && !node.isObject()) {
      report(
          (path.isEmpty() ? "the document" : path)
              + " is "
              + shown(node)
              + "; expected "
              + (faults == null ? "an object" : "a section of options"));
    }
  }

  private JsonNode value(String key) {
    known.add(key);
    return node.path(key);
  }

  private JsonNode required(String key, String expected) {
    JsonNode value = value(key);
    if (value.isMissingNode()) {
      throw exception(at(key) + " is missing; expected " + expected);
    }
    return value;
  }

  private <T> T fault(String key, String found, String expected, T defaultValue) {
    report(key, found, expected);
    return defaultValue;
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static String inParentheses(String unit) {
    return unit.isEmpty() ? "" : " (" + unit + ")";
  }

  private static String after(String unit) {
    return unit.isEmpty() ? "" : " " + unit;
  }
}
