package io.github.rackfocus.common;

import java.math.BigDecimal;
import java.util.Locale;

/** Formats of numbers for people. */
public final class NumberFormats {
  private NumberFormats() {}

  /**
   * Formats a number for a table, with about four significant digits in at most six characters; a
   * dash for NaN.
   */
  public static String of(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    String format;
    if (size < 9.99995) {
      format = value < 0 ? "%.3f" : "%.4f";
    } else if (size < 99.9995) {
      format = "%.2f";
    } else if (size < 999.95) {
      format = "%.1f";
    } else {
      format = size < 1e6 ? "%.0f" : "%.0e";
    }
    return String.format(Locale.ROOT, format, value);
  }

  /** Formats a stamp in full, seconds: as a number it would be 1.7E9. */
  public static String seconds(long stampNanos) {
    return BigDecimal.valueOf(stampNanos, 9).toPlainString();
  }

  /** Formats a number without needless digits, for names. */
  public static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
