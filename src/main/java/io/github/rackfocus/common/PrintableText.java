package io.github.rackfocus.common;

import java.util.regex.Pattern;

/** Text from outside the process, made safe for a log line or an error message. */
public final class PrintableText {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cs}\\uFFFE\\uFFFF]");

  private PrintableText() {}

  /**
   * Returns the text as a single line without control characters, each replaced by {@code ?}.
   *
   * @param maxLength longest result, in UTF-16 code units; a longer text is cut and ends in "…"
   */
  public static String of(String text, int maxLength) {
    String kept = text.length() <= maxLength ? text : text.substring(0, maxLength - 1) + "…";
    return UNPRINTABLE.matcher(kept).replaceAll("?");
  }
}
