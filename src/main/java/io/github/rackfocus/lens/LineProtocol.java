package io.github.rackfocus.lens;

import io.github.rackfocus.common.PrintableText;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A protocol of text lines, as many lens drivers have one. Immutable.
 *
 * @param set sent to command a value, with {@code {value}} in its place, and its line end
 * @param setReply regular expression that the answer contains; empty: none comes
 * @param read sent to read the lens; empty: the device has no feedback
 * @param readReply regular expression that the answer contains, with the group {@code value} and,
 *     if the device tells it, {@code temperature} in degrees Celsius
 * @param replyEnd with which every answer ends
 * @param scale dioptres per unit of the value
 * @param offset dioptres at value 0
 */
public record LineProtocol(
    String set,
    String setReply,
    String read,
    String readReply,
    String replyEnd,
    double scale,
    double offset) {
  private static final String PLACE = "{value}";
  private static final int MAX_PRINTED = 100;

  /** Checks every field; a fault names it. */
  public LineProtocol {
    if (!set.contains(PLACE)) {
      throw new IllegalArgumentException(
          "set is '" + printable(set) + "'; expected a command with " + PLACE);
    }
    if (!read.isEmpty() && !readReply.contains("(?<value>")) {
      throw new IllegalArgumentException(
          "readReply is '" + printable(readReply) + "'; expected the group (?<value>...)");
    }
    if (replyEnd.isEmpty()) {
      throw new IllegalArgumentException("replyEnd is empty; expected the end of an answer");
    }
    if (!Double.isFinite(scale) || scale == 0 || !Double.isFinite(offset)) {
      throw new IllegalArgumentException(
          "scale is " + scale + " and offset " + offset + "; expected finite ones, scale not 0");
    }
    compile("setReply", setReply);
    compile("readReply", readReply);
  }

  private static Pattern compile(String name, String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          name + " is no regular expression: " + e.getDescription(), e);
    }
  }

  /** Returns the command for a value, dioptres. */
  String setCommand(double dioptres) {
    return set.replace(PLACE, String.format(Locale.ROOT, "%.4f", (dioptres - offset) / scale));
  }

  /**
   * What an answer says.
   *
   * @param celsius NaN if it does not tell
   */
  record Value(double dioptres, float celsius) {}

  /**
   * Returns what an answer to {@link #read} says; null if it says nothing valid.
   *
   * @param found {@link #readReply} in the answer
   */
  @Nullable Value value(Matcher found) {
    if (!found.find()) {
      return null;
    }
    try {
      float celsius =
          readReply.contains("(?<temperature>") && found.group("temperature") != null
              ? Float.parseFloat(found.group("temperature"))
              : Float.NaN;
      double value = Double.parseDouble(found.group("value"));
      return Double.isFinite(value) ? new Value(scale * value + offset, celsius) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Returns text for a message, with its line ends visible. */
  static String printable(String text) {
    return PrintableText.of(text.replace("\r", "\\r").replace("\n", "\\n"), MAX_PRINTED);
  }
}
