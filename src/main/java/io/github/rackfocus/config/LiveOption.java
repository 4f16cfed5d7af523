package io.github.rackfocus.config;

import java.util.List;

/**
 * An option that may be changed while a node runs.
 *
 * @param path dotted keys from the root
 * @param kind of its values
 * @param defaultValue of that kind
 * @param min least value; NaN where kind is FLAG or CHOICE
 * @param max greatest value; likewise
 * @param choices values of a CHOICE; else empty
 * @param doc one sentence
 */
public record LiveOption(
    String path,
    Kind kind,
    Object defaultValue,
    double min,
    double max,
    List<String> choices,
    String doc) {
  /** Kinds of values. */
  public enum Kind {
    /** A {@link Boolean}. */
    FLAG,
    /** An {@link Integer}. */
    INTEGER,
    /** A {@link Double}. */
    NUMBER,
    /** A {@link String}, one of {@link LiveOption#choices}. */
    CHOICE
  }

  /** The last key of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
