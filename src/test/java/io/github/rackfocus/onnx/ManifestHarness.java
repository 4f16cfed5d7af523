package io.github.rackfocus.onnx;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.sweep.FocusAxis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Manifests of model bundles. An accepted one names only files in its own folder. */
public final class ManifestHarness implements FuzzHarness {
  private static final Path FILE = Path.of("manifest.json");

  @Override
  public void run(byte[] input) throws Exception {
    Manifest manifest =
        Laws.bounded(
            input,
            256 << 10,
            256,
            () -> Laws.readOrRefused(() -> ManifestReader.read(FILE, input), ModelException.class));
    if (manifest == null) {
      return;
    }
    Manifest.Input accepted = manifest.input();
    check(
        accepted.minPlanes() >= FocusAxis.MIN_PLANES
            && accepted.minPlanes() <= accepted.maxPlanes()
            && accepted.maxPlanes() <= FocusAxis.MAX_PLANES,
        "planes are in range");
    check(
        manifest.iterations().exported().contains(manifest.iterations().defaultNumber()),
        "the default is exported");
    StageParts parts = manifest.parts();
    if (parts != null) {
      check(parts.bytes(FocusAxis.MAX_PLANES, 8192, 8192) > 0, "sizes don't overflow");
      check(
          parts.steps().stream().allMatch(step -> manifest.files().containsKey(step.graph())),
          "graphs of the steps are in the bundle");
    }
    for (String name : manifest.files().keySet()) {
      check(Path.of(name).getNameCount() == 1 && !name.startsWith("."), "a file is in the folder");
    }
  }

  @Override
  public Map<String, byte[]> seeds() throws Exception {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (String model : new String[] {"tiny-full", "tiny-reference", "tiny-rolling"}) {
      Path file = Path.of("src/test/resources/models", model, "manifest.json");
      byte[] whole = Files.readAllBytes(file);
      seeds.put(model, whole);
      seeds.put(model + "-truncated", Arrays.copyOf(whole, whole.length / 2));
    }
    // With a plane cache.
    seeds.put("dualfocus", Files.readAllBytes(Path.of("models", "dualfocus", "manifest.json")));
    return seeds;
  }
}
