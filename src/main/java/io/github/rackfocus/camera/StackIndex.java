package io.github.rackfocus.camera;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.frame.FocusScale;
import java.io.IOException;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code stack.json} says, in the file's own order, checked.
 *
 * @param scale what the focus numbers mean
 * @param focus internal focus of each image, strictly monotone
 * @param stampNanos of each image, strictly increasing, or null where the file has none
 */
record StackIndex(FocusScale scale, double[] focus, long @Nullable [] stampNanos) {
  /** Fewest and most images of a stack. */
  static final int MIN_IMAGES = 3;

  static final int MAX_IMAGES = 64;

  private static final Set<String> KEYS =
      Set.of("focus", "unit", "order", "stamps", "source", "licence", "note");
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final double MAX_STAMP_SECONDS = 9e9;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /**
   * Reads and checks the file.
   *
   * @param images how many images the folder has
   * @throws StackFolderException with the file, the key, what was found and what was expected
   */
  static StackIndex read(Path file, int images) throws IOException {
    JsonNode root = parse(file);
    double[] values = focus(file, root, images);
    boolean ascending = direction(file, values);
    String unit = text(file, root, "unit", "\"dioptre\" or \"index\"");
    String order = text(file, root, "order", "\"near-first\" or \"far-first\"");
    if (order != null && !order.equals("near-first") && !order.equals("far-first")) {
      throw new StackFolderException(
          file, "order is \"" + order + "\"", "\"near-first\" or \"far-first\"");
    }
    long[] stamps = stamps(file, root, images);
    if ("dioptre".equals(unit)) {
      checkDioptres(file, values, ascending, order);
      return new StackIndex(FocusScale.DIOPTRE, values, stamps);
    }
    if (!"index".equals(unit)) {
      throw new StackFolderException(
          file,
          unit == null ? "unit is missing" : "unit is \"" + unit + "\"",
          "\"dioptre\" or \"index\"");
    }
    if (order == null) {
      throw new StackFolderException(
          file, "order is missing", "\"near-first\" or \"far-first\", as unit is \"index\"");
    }
    // The order tells which end of the list is near; with the values, whether larger is nearer.
    FocusScale scale =
        order.equals("far-first") == ascending
            ? FocusScale.INDEX_FAR_FIRST
            : FocusScale.INDEX_NEAR_FIRST;
    for (int i = 0; i < values.length; i++) {
      values[i] = scale.focusAt(values[i], 0);
    }
    return new StackIndex(scale, values, stamps);
  }

  /** Whether the first image is the farthest. */
  boolean farFirst() {
    return focus[0] < focus[1];
  }

  private static JsonNode parse(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new StackFolderException(file, "is missing", "focus, unit and order of the images");
    }
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new StackFolderException(
          file, "has " + Files.size(file) + " bytes", "at most " + MAX_FILE_BYTES);
    }
    JsonNode root;
    try (JsonParser parser = MAPPER.createParser(Files.readAllBytes(file))) {
      root = MAPPER.readTree(parser);
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new StackFolderException(
          file, "is not JSON" + place + " (" + e.getOriginalMessage() + ")", "a JSON object", e);
    }
    if (root == null || !root.isObject()) {
      throw new StackFolderException(file, "holds no JSON object", "one with focus and unit");
    }
    for (Iterator<String> keys = root.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!KEYS.contains(key)) {
        throw new StackFolderException(
            file,
            "has the unknown key \"" + key + "\"",
            "only focus, unit, order, stamps, source, licence and note");
      }
    }
    return root;
  }

  private static double[] focus(Path file, JsonNode root, int images) throws IOException {
    JsonNode list = root.path("focus");
    if (!list.isArray()) {
      throw new StackFolderException(
          file,
          list.isMissingNode() ? "focus is missing" : "focus is " + kind(list),
          "a list of numbers, one for each image");
    }
    if (list.size() != images) {
      throw new StackFolderException(
          file, "focus lists " + list.size() + " values", images + ", one for each image");
    }
    double[] values = new double[images];
    for (int i = 0; i < images; i++) {
      values[i] = number(file, list.get(i), "focus", i);
    }
    return values;
  }

  private static boolean direction(Path file, double[] values) throws IOException {
    boolean ascending = values[1] > values[0];
    for (int i = 1; i < values.length; i++) {
      if (ascending ? !(values[i] > values[i - 1]) : !(values[i] < values[i - 1])) {
        throw new StackFolderException(
            file,
            "focus[" + i + "] is " + values[i] + " after " + values[i - 1],
            "values that only rise or only fall");
      }
    }
    return ascending;
  }

  private static void checkDioptres(
      Path file, double[] values, boolean ascending, @Nullable String order) throws IOException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0) {
        throw new StackFolderException(
            file, "focus[" + i + "] is " + values[i], "0 dioptres or more");
      }
    }
    if (order != null && order.equals("far-first") != ascending) {
      throw new StackFolderException(
          file,
          "order is \""
              + order
              + "\" while focus runs from "
              + values[0]
              + " to "
              + values[values.length - 1]
              + " dioptres",
          ascending ? "\"far-first\"" : "\"near-first\"");
    }
  }

  private static long @Nullable [] stamps(Path file, JsonNode root, int images) throws IOException {
    JsonNode list = root.path("stamps");
    if (list.isMissingNode()) {
      return null;
    }
    if (!list.isArray()) {
      throw new StackFolderException(
          file, "stamps is " + kind(list), "a list of seconds, one for each image");
    }
    if (list.size() != images) {
      throw new StackFolderException(
          file, "stamps lists " + list.size() + " values", images + ", one for each image");
    }
    long[] nanos = new long[images];
    for (int i = 0; i < images; i++) {
      double seconds = number(file, list.get(i), "stamps", i);
      if (seconds < 0 || seconds > MAX_STAMP_SECONDS) {
        throw new StackFolderException(
            file, "stamps[" + i + "] is " + seconds, "0 to " + MAX_STAMP_SECONDS + " seconds");
      }
      nanos[i] = nanos(list.get(i), seconds);
      if (i > 0 && nanos[i] <= nanos[i - 1]) {
        throw new StackFolderException(
            file,
            "stamps[" + i + "] is " + list.get(i).asText() + " after " + list.get(i - 1).asText(),
            "increasing seconds");
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

  private static double number(Path file, JsonNode node, String key, int index) throws IOException {
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!Double.isFinite(value)) {
      throw new StackFolderException(
          file, key + "[" + index + "] is " + shortened(node.toString()), "a finite number");
    }
    return value;
  }

  private static @Nullable String text(Path file, JsonNode root, String key, String expected)
      throws IOException {
    JsonNode node = root.path(key);
    if (node.isMissingNode()) {
      return null;
    }
    if (!node.isTextual()) {
      throw new StackFolderException(file, key + " is " + kind(node), expected);
    }
    return shortened(node.textValue());
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case NULL -> "null";
      default -> shortened(node.toString());
    };
  }

  private static String shortened(String text) {
    return PrintableText.of(text, 40);
  }
}
