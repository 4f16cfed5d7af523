package io.github.rackfocus.frame;

import static io.github.rackfocus.fuzz.Laws.check;
import static io.github.rackfocus.fuzz.Laws.checkEqual;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.fuzz.ScratchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** PFM files. What is read can be written, and is read again as the same, bit by bit. */
public final class PfmHarness implements FuzzHarness {
  private final ScratchFile scratch = new ScratchFile("depth.pfm");

  @Override
  public void run(byte[] input) throws Exception {
    Path file = scratch.with(input);
    Pfm map =
        Laws.bounded(
            input, 65536, 8, () -> Laws.readOrRefused(() -> Pfm.read(file), IOException.class));
    if (map == null) {
      return;
    }
    check(4 * map.values().length <= input.length, "a map has no more values than bytes");
    map.write(file);
    byte[] written = Files.readAllBytes(file);
    Pfm again = Pfm.read(file);
    again.write(file);
    checkEqual(Files.readAllBytes(file), written, "a map survives a round trip");
  }

  @Override
  public Map<String, byte[]> seeds() throws Exception {
    Path file = scratch.folder().resolve("seed.pfm");
    new Pfm(3, 2, new float[] {0.5f, 1, Float.NaN, Float.POSITIVE_INFINITY, -0f, 3}).write(file);
    byte[] whole = Files.readAllBytes(file);
    String big = new String(whole, StandardCharsets.ISO_8859_1).replace("-1.0", " 1.0");
    return Map.of(
        "little-endian", whole,
        "big-endian", big.getBytes(StandardCharsets.ISO_8859_1),
        "truncated", Arrays.copyOf(whole, whole.length - 1),
        "huge", "Pf\n65536 1024\n-1.0\n".getBytes(StandardCharsets.US_ASCII),
        "overflow", "Pf\n2147483647 2147483647\n-1\n".getBytes(StandardCharsets.US_ASCII));
  }
}
