package io.github.rackfocus.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.common.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object and where it stands, so that every fault names file, key, found and expected.
 *
 * @param file the file it was read from
 * @param path dotted keys from the root, empty for the root itself
 * @param node the object
 */
record CheckedJson(Path file, String path, JsonNode node) {
  private static final int LONGEST_QUOTE = 60;

  /** The fault {@code file: place is found; expected expected}. */
  ModelException fault(String key, Object found, String expected) {
    return new ModelException(
        file + ": " + place(key) + " is " + shortened(found) + "; expected " + expected);
  }

  /** An object below this one. */
  CheckedJson object(String key) throws ModelException {
    JsonNode child = member(key, "an object");
    if (!child.isObject()) {
      throw fault(key, child, "an object");
    }
    return new CheckedJson(file, place(key), child);
  }

  /** An object below this one, or null where the key is absent. */
  @Nullable CheckedJson optionalObject(String key) throws ModelException {
    return node.has(key) ? object(key) : null;
  }

  /** A whole number in {@code [least, most]}. */
  long whole(String key, long least, long most) throws ModelException {
    String expected = "a whole number from " + least + " to " + most;
    JsonNode child = member(key, expected);
    if (!child.isIntegralNumber()
        || !child.canConvertToLong()
        || child.longValue() < least
        || child.longValue() > most) {
      throw fault(key, child, expected);
    }
    return child.longValue();
  }

  /** The same for an int. */
  int integer(String key, int least, int most) throws ModelException {
    return (int) whole(key, least, most);
  }

  /** A number above 0 and at most {@code most}. */
  double positive(String key, double most) throws ModelException {
    String expected = "a number above 0, at most " + most;
    JsonNode child = member(key, expected);
    if (!child.isNumber() || !(child.doubleValue() > 0) || child.doubleValue() > most) {
      throw fault(key, child, expected);
    }
    return child.doubleValue();
  }

  /** A text that matches a pattern. */
  String text(String key, String pattern, String expected) throws ModelException {
    JsonNode child = member(key, expected);
    if (!child.isTextual() || !child.textValue().matches(pattern)) {
      throw fault(key, child, expected);
    }
    return child.textValue();
  }

  /** Whole numbers in {@code [least, most]}, strictly ascending, 1 to {@code longest} of them. */
  List<Integer> ascending(String key, int least, int most, int longest) throws ModelException {
    String expected =
        "1 to " + longest + " whole numbers from " + least + " to " + most + ", ascending";
    JsonNode array = array(key, expected);
    if (array.isEmpty() || array.size() > longest) {
      throw fault(key, array.size() + " values", expected);
    }
    List<Integer> values = new ArrayList<>(array.size());
    int above = least - 1;
    for (JsonNode value : array) {
      if (!value.isInt() || value.intValue() <= above || value.intValue() > most) {
        throw fault(key + "[" + values.size() + "]", value, expected);
      }
      above = value.intValue();
      values.add(above);
    }
    return List.copyOf(values);
  }

  /** Finite numbers, exactly {@code count} of them. */
  float[] numbers(String key, int count) throws ModelException {
    String expected = count + " finite numbers";
    JsonNode array = array(key, expected);
    if (array.size() != count) {
      throw fault(key, array.size() + " values", expected);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = array.get(i).isNumber() ? array.get(i).floatValue() : Float.NaN;
      if (!Float.isFinite(values[i])) {
        throw fault(key + "[" + i + "]", array.get(i), expected);
      }
    }
    return values;
  }

  private JsonNode array(String key, String expected) throws ModelException {
    JsonNode child = member(key, expected);
    if (!child.isArray()) {
      throw fault(key, child, expected);
    }
    return child;
  }

  private JsonNode member(String key, String expected) throws ModelException {
    JsonNode child = node.get(key);
    if (child == null) {
      throw new ModelException(file + ": " + place(key) + " is missing; expected " + expected);
    }
    return child;
  }

  private String place(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String shortened(Object found) {
    return PrintableText.of(found.toString(), LONGEST_QUOTE);
  }
}
