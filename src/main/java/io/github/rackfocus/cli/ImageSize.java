package io.github.rackfocus.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image size given with {@code --size}, such as {@code 640x480}.
 *
 * @param width in pixels
 * @param height in pixels
 */
record ImageSize(int width, int height) {
  private static final Pattern FORMAT = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  /**
   * Parses {@code WxH}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  static ImageSize parse(String text) {
    Matcher match = FORMAT.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException("--size is '" + text + "'; expected WxH, such as 640x480");
    }
    return new ImageSize(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
