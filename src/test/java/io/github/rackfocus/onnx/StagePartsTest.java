package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.onnx.PartName.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a manifest's section {@code planeCache} and of its graphs. */
class StagePartsTest {
  @TempDir private Path folder;

  private void assertRefused(Consumer<ObjectNode> change, String... said) throws IOException {
    Path copy = Files.createTempDirectory(folder, "bundle").resolve("dualfocus");
    Files.createDirectory(copy);
    try (Stream<Path> all = Files.list(Path.of("models", "dualfocus"))) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    TestModels.edit(copy, change);
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() ->
            OnnxDepthEstimator.open(
                    ModelBundle.read(copy), OnnxConfig.DEFAULTS.withThreads(1), System::nanoTime)
                .close())
        .satisfies(e -> assertThat(e.getMessage()).contains(said));
  }

  private static ObjectNode kept(ObjectNode root, int index) {
    return (ObjectNode) root.path("planeCache").path("kept").get(index);
  }

  private static ObjectNode step(ObjectNode root, int index) {
    return (ObjectNode) root.path("planeCache").path("steps").get(index);
  }

  @Test
  void shouldRefuseFaultsOfTheManifest() throws Exception {
    assertRefused(
        root -> kept(root, 0).put("downscale", 5), "planeCache.kept[0].downscale is 5", "divisor");
    assertRefused(root -> kept(root, 0).put("name", "focus"), "name is focus", "each name once");
    assertRefused(root -> kept(root, 1).put("name", "x4"), "name is x4", "each name once");
    assertRefused(root -> kept(root, 0).put("channels", 0), "kept[0].channels is 0");
    assertRefused(root -> kept(root, 0).put("per", "row"), "kept[0].per", "plane or block");
    assertRefused(root -> step(root, 1).put("graph", "none.onnx"), "none.onnx");
    assertRefused(root -> step(root, 1).remove("batch"), "steps[1].batch");
    assertRefused(root -> step(root, 0).put("batch", "planes.onnx"), "only for steps per plane");
    assertRefused(
        root -> ((ObjectNode) root.get("planeCache")).putArray("steps"), "steps has 0 values");
    assertRefused(root -> ((ObjectNode) root.get("planeCache")).putArray("kept").add(3), "kept[0]");
    assertRefused(root -> ((ObjectNode) root.get("files")).remove("head-k0.onnx"), "head-k0.onnx");
    assertRefused(root -> ((ObjectNode) root.get("twoStage")).put("luma", "stack"), "luma none");
  }

  @Test
  void shouldRefuseGraphsThatDoNotFitTheManifest() throws Exception {
    assertRefused(
        root -> kept(root, 1).put("channels", 16),
        "plane.onnx: input x8",
        "expected FLOAT [1, 16, h, w]");
    assertRefused(root -> kept(root, 1).put("name", "y8"), "x8", "which is not kept");
    assertRefused(root -> kept(root, 6).put("per", "plane"), "block-sums.onnx", "sums");
    assertRefused(root -> step(root, 0).put("graph", "plane.onnx"), "plane.onnx", "kind BLOCK");
  }

  /** What no step writes would stay that of the first frame, and pass every other check. */
  @Test
  void shouldRefuseTensorsWithoutAWriter() throws Exception {
    assertRefused(
        root ->
            ((ArrayNode) root.path("planeCache").path("kept"))
                .addObject()
                .put("name", "more")
                .put("channels", 1)
                .put("downscale", 4)
                .put("per", "plane"),
        "no step that writes more");
    assertRefused(
        root -> {
          var steps = (ArrayNode) root.path("planeCache").path("steps");
          steps.add(steps.get(0).deepCopy());
        },
        "two steps that write sums");
  }

  @Test
  void shouldParseNames() {
    assertThat(PartName.parse("x8")).isEqualTo(new PartName("x8", Range.OWN, 0));
    assertThat(PartName.parse("x8:-2")).isEqualTo(new PartName("x8", Range.NEIGHBOUR, -2));
    for (String name : List.of("x8", "x8:+1", "x8:-2", "sums:all", "scores:block")) {
      assertThat(PartName.parse(name)).hasToString(name);
    }
    for (String name : List.of("", "X", "x:3", "x:+0", "x:each", "x y")) {
      assertThatIllegalArgumentException().isThrownBy(() -> PartName.parse(name));
    }
  }

  @Test
  void shouldCoverAllPlanesByBlocks() {
    for (int planes = 3; planes <= 64; planes++) {
      int size = StageParts.blockSize(planes);
      int blocks = StageParts.blocks(planes);
      assertThat(size * blocks).isBetween(planes, planes + size - 1);
      assertThat(Math.max(size, blocks)).isLessThanOrEqualTo((int) Math.ceil(Math.sqrt(planes)));
    }
  }

  @Test
  void shouldCountWhatIsKept() throws Exception {
    Manifest manifest = ModelBundle.read(Path.of("models", "proximal")).manifest();
    StageParts parts = Objects.requireNonNull(manifest.parts());
    // 32 channels at 1/8, 1/16 and twice at 1/32, 4 at 1/4; per block 50 at 1/4.
    long plane = 32 * (60 * 80 + 30 * 40 + 2 * 15 * 20) + 4 * 120 * 160;
    assertThat(parts.bytes(10, 480, 640)).isEqualTo(4 * (10 * plane + 3 * 50L * 120 * 160));
  }
}
