package io.github.rackfocus.camera;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.fuzz.ScratchFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code stack.json}; the first byte is the number of images. Focus is strictly monotone, finite
 * and within its range, stamps increase, and what is read can be written and is read as the same.
 */
public final class StackIndexHarness implements FuzzHarness {
  private final ScratchFile scratch = new ScratchFile("stack.json");

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    int images = 3 + (input[0] & 7);
    Path file = scratch.with(Arrays.copyOfRange(input, 1, input.length));
    StackIndex index = read(file, images, input);
    if (index == null) {
      return;
    }
    checkLaws(index, images);
    byte[] written = written(index).getBytes(StandardCharsets.UTF_8);
    StackIndex again = read(scratch.with(written), images, written);
    check(
        again != null
            && again.scale() == index.scale()
            && Arrays.equals(again.focus(), index.focus())
            && Arrays.equals(again.stampNanos(), index.stampNanos()),
        "an index survives a round trip");
  }

  private static StackIndex read(Path file, int images, byte[] input) throws Exception {
    return Laws.bounded(
        input,
        128 << 10,
        256,
        () -> Laws.readOrRefused(() -> StackIndex.read(file, images), StackFolderException.class));
  }

  private static void checkLaws(StackIndex index, int images) {
    double[] focus = index.focus();
    check(focus.length == images, "there is a focus for each image");
    for (int i = 0; i < images; i++) {
      check(Double.isFinite(focus[i]), "focus is finite");
      check(i == 0 || index.farFirst() == focus[i] > focus[i - 1], "focus is monotone");
      check(i == 0 || focus[i] != focus[i - 1], "focus is strictly monotone");
      check(
          index.scale() != FocusScale.DIOPTRE || focus[i] >= 0 && focus[i] <= 1000,
          "focus is in range");
    }
    long[] stamps = index.stampNanos();
    for (int i = 1; stamps != null && i < images; i++) {
      check(stamps[i] > stamps[i - 1] && stamps[i - 1] >= 0, "stamps increase");
    }
  }

  private static String written(StackIndex index) {
    boolean metric = index.scale() == FocusScale.DIOPTRE;
    String focus =
        Arrays.stream(index.focus())
            .map(value -> metric ? value : index.scale().focusAt(value, 0))
            .mapToObj(Double::toString)
            .collect(Collectors.joining(","));
    String order = index.farFirst() ? "far-first" : "near-first";
    String stamps =
        index.stampNanos() == null
            ? ""
            : Arrays.stream(index.stampNanos())
                .mapToObj(nanos -> BigDecimal.valueOf(nanos, 9).toPlainString())
                .collect(Collectors.joining(",", ",\"stamps\":[", "]"));
    return "{\"focus\":["
        + focus
        + "],\"unit\":\""
        + (metric ? "dioptre" : "index")
        + "\",\"order\":\""
        + order
        + "\""
        + stamps
        + "}";
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("dioptre", seed(new StackIndex(FocusScale.DIOPTRE, new double[] {1, 2.5, 4}, null)));
    seeds.put(
        "stamps",
        seed(
            new StackIndex(
                FocusScale.DIOPTRE,
                new double[] {4, 2.5, 1},
                new long[] {1_763_640_000_123_456_789L, 1_763_640_001_000_000_000L, 2L << 60})));
    seeds.put(
        "index", seed(new StackIndex(FocusScale.INDEX_FAR_FIRST, new double[] {0, 1, 2}, null)));
    seeds.put(
        "exponent",
        "\0{\"focus\":[1e-999999999,2,3e1],\"unit\":\"dioptre\",\"stamps\":[0e999999999,1,2]}"
            .getBytes(StandardCharsets.UTF_8));
    return seeds;
  }

  private static byte[] seed(StackIndex index) {
    return ("\0" + written(index)).getBytes(StandardCharsets.UTF_8);
  }
}
