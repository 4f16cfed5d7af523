package io.github.rackfocus.onnx;

import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.DocumentReader;
import io.github.rackfocus.document.Section;
import io.github.rackfocus.onnx.Manifest.FileEntry;
import io.github.rackfocus.onnx.Manifest.Golden;
import io.github.rackfocus.onnx.Manifest.GoldenStack;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.Quantised;
import io.github.rackfocus.onnx.Manifest.Tolerances;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.sweep.FocusAxis;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a {@code manifest.json} and checks everything that doesn't need the other files. */
final class ManifestReader {
  static final int FORMAT = 1;
  private static final int MAX_FILES = 256;
  private static final long MAX_FILE_BYTES = 2L << 30;
  private static final int MAX_ITERATIONS = 64;
  private static final int MAX_GOLDEN_SIDE = 1024;
  private static final int MAX_GOLDEN_PIXELS = 4096;
  private static final double MAX_TOLERANCE = 0.1;
  private static final String FILE_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

  private ManifestReader() {}

  /**
   * Reads a manifest.
   *
   * @param file its path, for messages
   * @param bytes its content
   * @throws ModelException for a value that is missing, of another type or out of range
   */
  static Manifest read(Path file, byte[] bytes) throws ModelException {
    try {
      String source = file.toString();
      return manifest(Section.strict(source, DocumentReader.JSON.parse(source, bytes)));
    } catch (DocumentException e) {
      throw new ModelException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Manifest manifest(Section root) {
    int format = root.integer("format", 0, Integer.MAX_VALUE);
    if (format != FORMAT) {
      throw root.exception("format", format, FORMAT + ", the format this version reads");
    }
    Manifest.Input input = input(root);
    Manifest.Iterations iterations = iterations(root.requiredSection("iterations"));
    TwoStage twoStage = twoStage(root, input.multiple());
    Map<String, FileEntry> files = files(root.requiredSection("files"));
    requireGraphs(root, files, iterations.exported(), twoStage);
    Golden golden = golden(root.requiredSection("golden"), iterations.exported(), input);
    return new Manifest(
        about(root),
        input,
        iterations,
        twoStage,
        files,
        golden,
        quantised(root, golden, files, twoStage),
        StagePartsReader.read(root, input.multiple(), iterations.exported(), twoStage, files));
  }

  private static Manifest.About about(Section root) {
    return new Manifest.About(
        root.matching("name", "[a-z0-9][a-z0-9._-]{0,63}", "a name of a-z, 0-9, '.', '_' and '-'"),
        root.matching("version", "[0-9A-Za-z][0-9A-Za-z.+-]{0,31}", "a version such as 1.0.0"),
        line(root, "description"),
        line(root, "source"),
        line(root, "licence"));
  }

  private static String line(Section root, String key) {
    return root.matching(key, "[^\\p{Cntrl}]{1,1000}", "one line of 1 to 1000 characters");
  }

  private static Manifest.Input input(Section root) {
    Section planes = root.requiredSection("planes");
    int minPlanes = planes.integer("min", FocusAxis.MIN_PLANES, FocusAxis.MAX_PLANES);
    int maxPlanes = planes.integer("max", minPlanes, FocusAxis.MAX_PLANES);
    return new Manifest.Input(
        minPlanes,
        maxPlanes,
        root.integer("multiple", 1, 256),
        root.integer("minimumSize", 1, 512));
  }

  private static Manifest.Iterations iterations(Section iterations) {
    List<Integer> exported =
        iterations.ascending("exported", 0, MAX_ITERATIONS, MAX_ITERATIONS + 1);
    int defaultNumber = iterations.integer("default", 0, MAX_ITERATIONS);
    if (!exported.contains(defaultNumber)) {
      throw iterations.exception("default", defaultNumber, "one of those exported, " + exported);
    }
    return new Manifest.Iterations(exported, defaultNumber);
  }

  private static @Nullable TwoStage twoStage(Section root, int multiple) {
    if (!root.has("twoStage")) {
      return null;
    }
    Section section = root.section("twoStage");
    int downscale = section.integer("downscale", 1, 256);
    if (multiple % downscale != 0) {
      throw section.exception("downscale", downscale, "a divisor of multiple, " + multiple);
    }
    String luma = section.matching("luma", "stack|reference|none", "stack, reference or none");
    return new TwoStage(
        section.integer("channels", 1, 4096),
        downscale,
        Luma.valueOf(luma.toUpperCase(Locale.ROOT)));
  }

  private static Map<String, FileEntry> files(Section section) {
    List<String> names = section.keys();
    if (names.isEmpty() || names.size() > MAX_FILES) {
      throw section.exception("files has " + names.size() + " files; expected 1 to " + MAX_FILES);
    }
    Map<String, FileEntry> files = new TreeMap<>();
    for (String name : names) {
      // A name without a path can't lead out of the bundle.
      if (!name.matches(FILE_NAME) || name.contains("..")) {
        throw section.exception(
            "files has '"
                + PrintableText.of(name, 60)
                + "'; expected plain file names without folders");
      }
      Section entry = section.requiredSection(name);
      files.put(
          name,
          new FileEntry(
              entry.matching("sha256", "[0-9a-f]{64}", "64 lower-case hexadecimal digits"),
              entry.longInteger("bytes", 0, MAX_FILE_BYTES)));
    }
    return Map.copyOf(files);
  }

  private static void requireGraphs(
      Section root,
      Map<String, FileEntry> files,
      List<Integer> exported,
      @Nullable TwoStage twoStage) {
    if (twoStage != null) {
      requireFile(root, files, Manifest.FRAME_GRAPH);
    }
    for (int k : exported) {
      requireFile(root, files, twoStage != null ? Manifest.stackGraph(k) : Manifest.fullGraph(k));
    }
  }

  private static void requireFile(Section root, Map<String, FileEntry> files, String name) {
    if (!files.containsKey(name)) {
      throw root.exception(
          "files has no " + name + "; expected it for the iterations and form of this manifest");
    }
  }

  private static Golden golden(Section golden, List<Integer> exported, Manifest.Input input) {
    int planes = golden.integer("planes", input.minPlanes(), input.maxPlanes());
    int height = side(golden, "height", input);
    int width = side(golden, "width", input);
    List<Integer> pixels = golden.ascending("pixels", 0, height * width - 1, MAX_GOLDEN_PIXELS);
    Map<Integer, Map<Output, float[]>> expected =
        expected(golden.requiredSection("expected"), exported, pixels.size());
    Section tolerance = golden.requiredSection("tolerance");
    return new Golden(
        new GoldenStack(
            golden.longInteger("seed", Long.MIN_VALUE, Long.MAX_VALUE), planes, height, width),
        pixels,
        expected,
        new Tolerances(
            tolerance.positive("cpu", MAX_TOLERANCE),
            tolerance.positive("cuda", MAX_TOLERANCE),
            tolerance.positive("fp16", MAX_TOLERANCE)));
  }

  private static int side(Section golden, String key, Manifest.Input input) {
    int side = golden.integer(key, 2, MAX_GOLDEN_SIDE);
    if (side % input.multiple() != 0 || side < input.minSize()) {
      throw golden.exception(
          key, side, "a multiple of " + input.multiple() + ", at least " + input.minSize());
    }
    return side;
  }

  private static Map<Integer, Map<Output, float[]>> expected(
      Section all, List<Integer> exported, int pixels) {
    Map<Integer, Map<Output, float[]>> expected = new TreeMap<>();
    for (int k : exported) {
      Section section = all.requiredSection(Integer.toString(k));
      Map<Output, float[]> values = new EnumMap<>(Output.class);
      for (Output output : Output.values()) {
        values.put(output, floats(section.numbers(output.key(), pixels)));
      }
      expected.put(k, values);
    }
    return expected;
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  /** 8-bit graphs compute other values for the golden input, within their own tolerance. */
  private static @Nullable Quantised quantised(
      Section root, Golden golden, Map<String, FileEntry> files, @Nullable TwoStage twoStage) {
    if (!root.has("quantised")) {
      return null;
    }
    if (twoStage == null) {
      throw root.exception("quantised is there without twoStage; expected both or neither");
    }
    Section section = root.section("quantised");
    List<Integer> iterations =
        section.ascending("iterations", 0, MAX_ITERATIONS, MAX_ITERATIONS + 1);
    for (int k : iterations) {
      if (!golden.expected().containsKey(k)) {
        throw section.exception(
            "iterations", k, "some of those exported, " + golden.expected().keySet());
      }
      requireFile(root, files, Manifest.quantisedStackGraph(k));
    }
    double tolerance = section.positive("tolerance", MAX_TOLERANCE);
    int pixels = golden.pixels().size();
    return new Quantised(
        iterations,
        new Golden(
            golden.stack(),
            golden.pixels(),
            expected(section.requiredSection("expected"), iterations, pixels),
            new Tolerances(tolerance, tolerance, tolerance)));
  }
}
