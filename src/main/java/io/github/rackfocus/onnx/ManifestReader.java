package io.github.rackfocus.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.rackfocus.onnx.Manifest.FileEntry;
import io.github.rackfocus.onnx.Manifest.Golden;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.Quantised;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.sweep.FocusAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a {@code manifest.json} and checks all that can be checked without the other files. */
final class ManifestReader {
  static final int FORMAT = 1;
  private static final int MAX_FILES = 256;
  private static final long MAX_FILE_BYTES = 2L << 30;
  private static final int MAX_ITERATIONS = 64;
  private static final int MAX_GOLDEN_SIDE = 1024;
  private static final int MAX_GOLDEN_PIXELS = 4096;
  private static final double MAX_TOLERANCE = 0.1;
  private static final String FILE_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestReader() {}

  /**
   * Reads a manifest.
   *
   * @param file its name, for messages
   * @param bytes its content
   * @throws ModelException for anything missing, of another type or out of range
   */
  static Manifest read(Path file, byte[] bytes) throws ModelException {
    CheckedJson root = parse(file, bytes);
    int format = root.integer("format", 0, Integer.MAX_VALUE);
    if (format != FORMAT) {
      throw root.fault("format", format, FORMAT + ", the one this version reads");
    }
    CheckedJson planes = root.object("planes");
    int minPlanes = planes.integer("min", FocusAxis.MIN_PLANES, FocusAxis.MAX_PLANES);
    int maxPlanes = planes.integer("max", minPlanes, FocusAxis.MAX_PLANES);
    CheckedJson iterations = root.object("iterations");
    List<Integer> exported =
        iterations.ascending("exported", 0, MAX_ITERATIONS, MAX_ITERATIONS + 1);
    int chosen = iterations.integer("default", 0, MAX_ITERATIONS);
    if (!exported.contains(chosen)) {
      throw iterations.fault("default", chosen, "one of those exported, " + exported);
    }
    int multiple = root.integer("multiple", 1, 256);
    TwoStage twoStage = twoStage(root.optionalObject("twoStage"), multiple);
    Map<String, FileEntry> files = files(root.object("files"));
    requireGraphs(file, files, exported, twoStage);
    Golden golden = golden(root.object("golden"), exported, minPlanes, maxPlanes);
    Manifest manifest =
        new Manifest(
            root.text("name", "[a-z0-9][a-z0-9._-]{0,63}", "a name of a-z, 0-9, '.', '_' and '-'"),
            root.text("version", "[0-9A-Za-z][0-9A-Za-z.+-]{0,31}", "a version such as 1.0.0"),
            line(root, "description"),
            line(root, "source"),
            line(root, "licence"),
            minPlanes,
            maxPlanes,
            multiple,
            root.integer("minimumSize", 1, 512),
            exported,
            chosen,
            twoStage,
            files,
            golden,
            quantised(root.optionalObject("quantised"), golden, files, twoStage));
    requireGoldenSize(root.object("golden"), manifest);
    return manifest;
  }

  private static CheckedJson parse(Path file, byte[] bytes) throws ModelException {
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
      throw new ModelException(
          file + ": no JSON" + place + ": " + firstLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e.getMessage(), e);
    }
    if (!node.isObject()) {
      throw new ModelException(file + ": holds no JSON object");
    }
    return new CheckedJson(file, "", node);
  }

  private static String line(CheckedJson root, String key) throws ModelException {
    return root.text(key, "[^\\p{Cntrl}]{1,1000}", "one line of 1 to 1000 characters");
  }

  private static @Nullable TwoStage twoStage(@Nullable CheckedJson place, int multiple)
      throws ModelException {
    if (place == null) {
      return null;
    }
    int downscale = place.integer("downscale", 1, 256);
    if (multiple % downscale != 0) {
      throw place.fault("downscale", downscale, "a divisor of multiple, " + multiple);
    }
    String luma = place.text("luma", "stack|reference|none", "stack, reference or none");
    return new TwoStage(
        place.integer("channels", 1, 4096), downscale, Luma.valueOf(luma.toUpperCase(Locale.ROOT)));
  }

  private static Map<String, FileEntry> files(CheckedJson place) throws ModelException {
    int count = place.node().size();
    if (count < 1 || count > MAX_FILES) {
      throw new ModelException(
          place.file() + ": files lists " + count + "; expected 1 to " + MAX_FILES);
    }
    Map<String, FileEntry> files = new TreeMap<>();
    for (var names = place.node().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      // A name that is no path at all can't lead out of the bundle.
      if (!name.matches(FILE_NAME) || name.contains("..")) {
        throw new ModelException(
            place.file()
                + ": files names \""
                + name.replaceAll("\\p{Cntrl}", "?")
                + "\"; expected plain file names without folders");
      }
      CheckedJson entry = place.object(name);
      files.put(
          name,
          new FileEntry(
              entry.text("sha256", "[0-9a-f]{64}", "64 digits of lower-case hex"),
              entry.whole("bytes", 0, MAX_FILE_BYTES)));
    }
    return Map.copyOf(files);
  }

  private static void requireGraphs(
      Path file, Map<String, FileEntry> files, List<Integer> exported, @Nullable TwoStage twoStage)
      throws ModelException {
    if (twoStage != null) {
      requireFile(file, files, Manifest.FRAME_GRAPH);
    }
    for (int k : exported) {
      requireFile(file, files, twoStage != null ? Manifest.stackGraph(k) : Manifest.fullGraph(k));
    }
  }

  private static void requireFile(Path file, Map<String, FileEntry> files, String name)
      throws ModelException {
    if (!files.containsKey(name)) {
      throw new ModelException(
          file + ": files has no " + name + "; expected it for the iterations and form named");
    }
  }

  private static Golden golden(CheckedJson place, List<Integer> exported, int minPlanes, int max)
      throws ModelException {
    int planes = place.integer("planes", minPlanes, max);
    int height = place.integer("height", 2, MAX_GOLDEN_SIDE);
    int width = place.integer("width", 2, MAX_GOLDEN_SIDE);
    List<Integer> pixels = place.ascending("pixels", 0, height * width - 1, MAX_GOLDEN_PIXELS);
    Map<Integer, Map<Output, float[]>> expected =
        expected(place.object("expected"), exported, pixels.size());
    CheckedJson tolerance = place.object("tolerance");
    return new Golden(
        place.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        planes,
        height,
        width,
        pixels,
        expected,
        tolerance.positive("cpu", MAX_TOLERANCE),
        tolerance.positive("cuda", MAX_TOLERANCE),
        tolerance.positive("fp16", MAX_TOLERANCE));
  }

  private static Map<Integer, Map<Output, float[]>> expected(
      CheckedJson all, List<Integer> exported, int pixels) throws ModelException {
    Map<Integer, Map<Output, float[]>> expected = new TreeMap<>();
    for (int k : exported) {
      CheckedJson ofIterations = all.object(Integer.toString(k));
      Map<Output, float[]> values = new EnumMap<>(Output.class);
      for (Output output : Output.values()) {
        values.put(output, ofIterations.numbers(output.key(), pixels));
      }
      expected.put(k, values);
    }
    return expected;
  }

  /** 8-bit graphs give other values for the same golden input, within a tolerance of their own. */
  private static @Nullable Quantised quantised(
      @Nullable CheckedJson place,
      Golden golden,
      Map<String, FileEntry> files,
      @Nullable TwoStage twoStage)
      throws ModelException {
    if (place == null) {
      return null;
    }
    if (twoStage == null) {
      throw new ModelException(
          place.file() + ": has quantised and no twoStage; expected 8-bit graphs of a stack stage");
    }
    List<Integer> iterations = place.ascending("iterations", 0, MAX_ITERATIONS, MAX_ITERATIONS + 1);
    for (int k : iterations) {
      if (!golden.expected().containsKey(k)) {
        throw place.fault("iterations", k, "some of those exported, " + golden.expected().keySet());
      }
      requireFile(place.file(), files, Manifest.quantisedStackGraph(k));
    }
    double tolerance = place.positive("tolerance", MAX_TOLERANCE);
    return new Quantised(
        iterations,
        new Golden(
            golden.seed(),
            golden.planes(),
            golden.height(),
            golden.width(),
            golden.pixels(),
            expected(place.object("expected"), iterations, golden.pixels().size()),
            tolerance,
            tolerance,
            tolerance));
  }

  private static void requireGoldenSize(CheckedJson golden, Manifest manifest) throws ModelException {
    int[] sides = {manifest.golden().height(), manifest.golden().width()};
    String[] keys = {"height", "width"};
    for (int i = 0; i < sides.length; i++) {
      if (sides[i] % manifest.multiple() != 0 || sides[i] < manifest.minimumSize()) {
        throw golden.fault(
            keys[i],
            sides[i],
            "a multiple of " + manifest.multiple() + ", at least " + manifest.minimumSize());
      }
    }
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
