package io.github.rackfocus.camera;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import io.github.rackfocus.document.Section;
import io.github.rackfocus.frame.FocusScale;
import java.io.IOException;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code stack.json}, in the file's order, validated.
 *
 * @param scale what the focus numbers mean
 * @param focus internal focus of each image, strictly monotone
 * @param stampNanos stamp of each image, strictly increasing, or null if the file has none
 */
record StackIndex(FocusScale scale, double[] focus, long @Nullable [] stampNanos) {
  /** Fewest and most images of a stack. */
  static final int MIN_IMAGES = 3;

  static final int MAX_IMAGES = 64;

  private static final int MAX_FILE_BYTES = 1 << 20;

  /** A focus at one millimetre, beyond any lens; as for readings of a lens driver. */
  private static final double MAX_DIOPTRES = 1000;

  private static final double MAX_STAMP_SECONDS = 9e9;
  private static final String FAR_FIRST = "far-first";
  private static final String NEAR_FIRST = "near-first";

  /**
   * Reads and validates the file.
   *
   * @param images number of images in the folder
   * @throws StackFolderException with the file, the key, what was found and what was expected
   */
  static StackIndex read(Path file, int images) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new StackFolderException(file, "is missing", "focus, unit and order of the images");
    }
    try {
      JsonNode root = DocumentReader.JSON.read(file, MAX_FILE_BYTES);
      return read(Section.strict(file.toString(), root), images);
    } catch (DocumentException e) {
      throw new StackFolderException(String.valueOf(e.getMessage()), e);
    }
  }

  private static StackIndex read(Section root, int images) {
    double[] values = root.numbers("focus", images);
    boolean ascending = isAscending(root, values);
    String unit = root.matching("unit", "dioptre|index", "dioptre or index");
    boolean isIndex = unit.equals("index");
    String order = isIndex || root.has("order") ? order(root, isIndex) : null;
    long[] stamps = root.has("stamps") ? stamps(root, images) : null;
    root.ignore("order", "stamps", "source", "licence", "note");
    root.reportUnknownKeys("a key of stack.json");
    if (!isIndex) {
      checkDioptres(root, values, ascending, order);
      return new StackIndex(FocusScale.DIOPTRE, values, stamps);
    }
    // The order says which end of the list is near; the values, whether larger is nearer.
    FocusScale scale =
        FAR_FIRST.equals(order) == ascending
            ? FocusScale.INDEX_FAR_FIRST
            : FocusScale.INDEX_NEAR_FIRST;
    for (int i = 0; i < values.length; i++) {
      values[i] = scale.focusAt(values[i], 0);
    }
    return new StackIndex(scale, values, stamps);
  }

  /** Returns whether the first image is the farthest. */
  boolean farFirst() {
    return focus[0] < focus[1];
  }

  private static String order(Section root, boolean isIndex) {
    return root.matching(
        "order",
        NEAR_FIRST + "|" + FAR_FIRST,
        "near-first or far-first" + (isIndex ? ", because unit is index" : ""));
  }

  private static boolean isAscending(Section root, double[] values) {
    boolean ascending = values[1] > values[0];
    for (int i = 1; i < values.length; i++) {
      if (ascending ? !(values[i] > values[i - 1]) : !(values[i] < values[i - 1])) {
        throw root.exception(
            "focus[" + i + "]",
            values[i] + " after " + values[i - 1],
            "values that only rise or only fall");
      }
    }
    return ascending;
  }

  private static void checkDioptres(
      Section root, double[] values, boolean ascending, @Nullable String order) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] > MAX_DIOPTRES) {
        // Millimetres, for example, rise and fall as well.
        throw root.exception(
            "focus[" + i + "]", values[i], "0 to " + MAX_DIOPTRES + " dioptres (1/metre)");
      }
    }
    if (order != null && order.equals(FAR_FIRST) != ascending) {
      String found =
          order
              + " while focus runs from "
              + values[0]
              + " to "
              + values[values.length - 1]
              + " dioptres";
      throw root.exception("order", found, ascending ? FAR_FIRST : NEAR_FIRST);
    }
  }

  private static long[] stamps(Section root, int images) {
    double[] seconds = root.numbers("stamps", images);
    List<JsonNode> exact = root.elements("stamps", "seconds");
    long[] nanos = new long[images];
    for (int i = 0; i < images; i++) {
      String place = "stamps[" + i + "]";
      if (seconds[i] < 0 || seconds[i] > MAX_STAMP_SECONDS) {
        throw root.exception(place, seconds[i], "0 to " + MAX_STAMP_SECONDS + " seconds");
      }
      nanos[i] = nanos(exact.get(i), seconds[i]);
      if (i > 0 && nanos[i] <= nanos[i - 1]) {
        String found = exact.get(i).asText() + " after " + exact.get(i - 1).asText();
        throw root.exception(place, found, "increasing seconds");
      }
    }
    return nanos;
  }

  /** Exact where the digits allow: a double keeps only 200 ns of a time since 1970. */
  private static long nanos(JsonNode node, double seconds) {
    var exact = node.decimalValue();
    return exact.scale() > 18
        ? Math.round(seconds * 1e9)
        : exact.movePointRight(9).setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
