package io.github.rackfocus.ros.names;

import io.github.rackfocus.common.PrintableText;
import java.util.regex.Pattern;

/**
 * A name in the ROS graph in canonical form: without repeated or trailing slashes. Global names
 * begin with a slash, private ones with {@code ~}; all others are relative.
 */
public record GraphName(String value) {
  private static final Pattern VALID = Pattern.compile("([~/A-Za-z][\\w/]*)?");
  private static final int MAX_LENGTH = 4096;

  /**
   * @throws IllegalArgumentException if the name is not valid in ROS
   */
  public GraphName {
    if (value.length() > MAX_LENGTH || !VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "\""
              + PrintableText.of(value, 80)
              + "\" is not a ROS name; expected a letter, / or ~, then letters, digits, _ and /");
    }
    value = value.replaceAll("/+", "/");
    if (value.length() > 1 && value.endsWith("/")) {
      value = value.substring(0, value.length() - 1);
    }
    if (value.startsWith("~/")) {
      value = "~" + value.substring(2);
    }
  }

  public static GraphName of(String value) {
    return new GraphName(value);
  }

  public boolean isGlobal() {
    return value.startsWith("/");
  }

  public boolean isPrivate() {
    return value.startsWith("~");
  }

  /** Appends a name to this one; a global {@code below} is returned as is. */
  public GraphName join(GraphName below) {
    return below.isGlobal() ? below : new GraphName(value + "/" + below.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
