package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULTS.withThreads(1);

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {TestModels.ROLLING, TestModels.PLAIN, TestModels.REFERENCE, TestModels.FULL_ONLY})
  void shouldAgreeWithTheGoldenVectorInEveryGraph(String name) throws Exception {
    ModelBundle bundle = TestModels.bundle(name);
    Manifest manifest = bundle.manifest();
    int forms = manifest.twoStage() == null ? 1 : 2;
    assertThat(bundle.verify(ONE_THREAD))
        .hasSize(forms * manifest.iterations().exported().size())
        .allSatisfy(check -> assertThat(check.difference()).isBetween(0.0, 2e-6))
        .allSatisfy(check -> assertThat(check.tolerance()).isEqualTo(1e-4));
  }

  @Test
  void shouldIdentifyItselfByTheHashOfItsManifest() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    String before = ModelBundle.read(folder).identity().sha256();
    assertThat(before).matches("[0-9a-f]{64}");
    assertThat(before).isEqualTo(TestModels.bundle(TestModels.PLAIN).identity().sha256());
    TestModels.edit(folder, root -> root.put("version", "1.0.1"));
    assertThat(ModelBundle.read(folder).identity().sha256()).isNotEqualTo(before);
    assertThat(ModelBundle.read(folder).identity().version()).isEqualTo("1.0.1");
  }

  static Stream<Arguments> shouldRefuseAManifest() {
    return Stream.of(
        edit("format", root -> root.put("format", 2), "format is 2; expected 1"),
        edit("no name", root -> root.remove("name"), "name is missing"),
        edit("bad name", root -> root.put("name", "../x"), "name is '../x'; expected a name"),
        edit("other name", root -> root.put("name", "other"), "expected tiny-rolling, the folder"),
        edit("version", root -> root.put("version", 1), "version is 1; expected a version"),
        edit("lines", root -> root.put("description", "a\nb"), "description is"),
        edit(
            "few planes",
            root -> ((ObjectNode) root.get("planes")).put("min", 2),
            "planes.min is 2; expected an integer from 3 to 64"),
        edit(
            "planes reversed",
            root -> ((ObjectNode) root.get("planes")).put("min", 10).put("max", 9),
            "planes.max is 9; expected an integer from 10 to 64"),
        edit("multiple", root -> root.put("multiple", 0), "multiple is 0"),
        edit("minimum", root -> root.put("minimumSize", 1.5), "minimumSize is 1.5"),
        edit(
            "default",
            root -> ((ObjectNode) root.get("iterations")).put("default", 2),
            "iterations.default is 2; expected one of those exported, [0, 1, 3]"),
        edit(
            "exported",
            root -> ((ArrayNode) root.get("iterations").get("exported")).add(1),
            "iterations.exported[3] is 1; expected 1 to 65 ascending integers"),
        edit(
            "graph missing",
            root -> ((ObjectNode) root.get("files")).remove("stack-k3.onnx"),
            "files has no stack-k3.onnx"),
        edit(
            "frame missing",
            root -> ((ObjectNode) root.get("files")).remove("frame.onnx"),
            "files has no frame.onnx"),
        edit("downscale", root -> twoStage(root).put("downscale", 3), "a divisor of multiple, 4"),
        edit("luma", root -> twoStage(root).put("luma", "all"), "stack, reference or none"),
        edit("channels", root -> twoStage(root).put("channels", "2"), "twoStage.channels is '2'"),
        edit("two-stage no object", root -> root.put("twoStage", 1), "expected an object"),
        edit(
            "escape",
            root -> root.set("files", root.objectNode().set("../../secret", file(root))),
            "files has '../../secret'; expected plain file names"),
        edit(
            "absolute",
            root -> root.set("files", root.objectNode().set("/etc/passwd", file(root))),
            "files has '/etc/passwd'"),
        edit("hash", root -> file(root).put("sha256", "ABC"), "sha256 is 'ABC'"),
        edit("negative", root -> file(root).put("bytes", -1), "bytes is -1"),
        edit("huge", root -> file(root).put("bytes", 1L << 40), "bytes is 1099511627776; expected"),
        edit("no files", root -> root.set("files", root.objectNode()), "files has 0"),
        edit("pixel", root -> pixels(root).set(15, root.numberNode(6144)), "golden.pixels[15]"),
        edit("order", root -> pixels(root).set(1, root.numberNode(0)), "golden.pixels[1] is 0"),
        edit("few values", root -> pixels(root).remove(0), "position has 16 values; expected 15"),
        edit("nan", root -> values(root).set(3, root.textNode("NaN")), "position[3] is 'NaN'"),
        edit("seed", root -> golden(root).put("seed", "x"), "golden.seed is 'x'"),
        edit("golden planes", root -> golden(root).put("planes", 65), "golden.planes is 65"),
        edit("golden size", root -> golden(root).put("width", 98), "golden.width is 98; expected"),
        edit("huge golden", root -> golden(root).put("height", 1 << 20), "golden.height is"),
        edit(
            "no expected",
            root -> ((ObjectNode) golden(root).get("expected")).remove("1"),
            "golden.expected.1 is missing"),
        edit(
            "tolerance",
            root -> ((ObjectNode) golden(root).get("tolerance")).put("cpu", 1),
            "golden.tolerance.cpu is 1; expected a number above 0"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void shouldRefuseAManifest(String what, Consumer<ObjectNode> change, String expected)
      throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    TestModels.edit(folder, change);
    assertRefused(() -> ModelBundle.read(folder), expected, "manifest.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"format\":1,\"format\":1}", "{} {}", "\u0000", "null"})
  void shouldRefuseWhatIsNoManifestAtAll(String content) throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    Files.writeString(folder.resolve("manifest.json"), content);
    assertRefused(() -> ModelBundle.read(folder), "manifest.json");
  }

  @Test
  void shouldRefuseAHugeManifestBeforeReadingIt() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("manifest.json").toFile(), "rw")) {
      file.setLength(4L << 30);
    }
    assertRefused(() -> ModelBundle.read(folder), "larger than");
  }

  @Test
  void shouldRefuseAFolderThatIsNotThere() {
    assertRefused(() -> ModelBundle.read(temp.resolve("none")), "none: no such folder");
  }

  @Test
  void shouldRefuseAFolderWithoutManifest() {
    assertRefused(() -> ModelBundle.read(temp), "manifest.json: is missing");
  }

  @Test
  void shouldRefuseAMissingFile() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    Files.delete(folder.resolve("weights.bin"));
    assertRefused(() -> ModelBundle.read(folder), "weights.bin: is missing", "36 bytes");
  }

  @Test
  void shouldRefuseAFileOfAnotherSize() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    Files.write(folder.resolve("weights.bin"), new byte[35]);
    assertRefused(() -> ModelBundle.read(folder), "weights.bin: has 35 bytes; expected 36");
  }

  @Test
  void shouldRefuseAFileOfAnotherHash() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    Files.write(folder.resolve("weights.bin"), new byte[36]);
    assertRefused(() -> ModelBundle.read(folder), "weights.bin: its SHA-256 is", "expected");
  }

  @Test
  void shouldRefuseAFileThatIsALinkOutOfTheBundle() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    Path outside = temp.resolve("outside.bin");
    Files.move(folder.resolve("weights.bin"), outside);
    Files.createSymbolicLink(folder.resolve("weights.bin"), outside);
    assertRefused(() -> ModelBundle.read(folder), "weights.bin: links to", "outside.bin");
  }

  @Test
  void shouldRefuseAFileThatTheManifestDoesNotListWhenItVerifies() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    Files.writeString(folder.resolve("card.md"), "the card is no part of the model");
    ModelBundle bundle = ModelBundle.read(folder);
    assertThat(bundle.verify(ONE_THREAD)).isNotEmpty();
    Files.writeString(folder.resolve("more.bin"), "x");
    assertRefused(() -> bundle.verify(ONE_THREAD), "more.bin: is not listed in manifest.json");
  }

  @Test
  void shouldRefuseAGraphThatIsNone() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    TestModels.replace(folder, "frame.onnx", "no graph".getBytes(StandardCharsets.UTF_8));
    assertRefused(() -> open(folder, 0), "frame.onnx: ONNX Runtime can't load it");
  }

  @Test
  void shouldRefuseFeaturesOfAnotherNumberOfChannels() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    TestModels.edit(folder, root -> twoStage(root).put("channels", 3));
    assertRefused(
        () -> open(folder, 0),
        "frame.onnx: output features is FLOAT [1, 2, ?, ?]; expected FLOAT [1, 3, h, w]");
  }

  @Test
  void shouldRefuseAGraphWithAnInputTooMany() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    TestModels.edit(folder, root -> twoStage(root).put("luma", "none"));
    assertRefused(() -> open(folder, 1), "stack-k1.onnx: has the input luma; expected only");
  }

  @Test
  void shouldRefuseAGraphWithAnInputTooFew() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    TestModels.edit(folder, root -> twoStage(root).put("luma", "stack"));
    assertRefused(() -> open(folder, 0), "stack-k0.onnx: has no input luma; found features");
  }

  @Test
  void shouldRefuseLumaOfOneImageWhereTheStacksIsPromised() throws Exception {
    Path folder = TestModels.copy(TestModels.REFERENCE, temp);
    TestModels.edit(folder, root -> twoStage(root).put("luma", "stack"));
    assertRefused(
        () -> open(folder, 1),
        "stack-k1.onnx: input luma is FLOAT [1, 1, ?, ?]; expected FLOAT [Z, 1, H, W]");
  }

  @Test
  void shouldRefuseOneGraphInTheOthersPlace() throws Exception {
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    TestModels.replace(folder, "stack-k0.onnx", Files.readAllBytes(folder.resolve("full-k0.onnx")));
    assertRefused(() -> open(folder, 0), "stack-k0.onnx: has the input stack");
  }

  @Test
  void shouldRefuseAGoldenVectorThatIsOff() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    Manifest manifest = TestModels.bundle(TestModels.ROLLING).manifest();
    float sound = manifest.golden().expected(3, Output.ERROR)[5];
    TestModels.edit(
        folder,
        root ->
            ((ArrayNode) golden(root).get("expected").get("3").get("error"))
                .set(5, root.numberNode(sound + 2e-4f)));
    int pixel = manifest.golden().pixels().get(5);
    assertRefused(
        () -> open(folder, 3),
        "frame.onnx + stack-k3.onnx miss the golden vector on CPU",
        "error at pixel " + pixel + " is",
        "within 1.0E-4");
    open(folder, 1);
  }

  @Test
  void shouldRefuseWeightsThatGiveOtherValues() throws Exception {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    TestModels.replace(folder, "weights.bin", new byte[36]);
    assertRefused(() -> open(folder, 0), "golden vector", "position at pixel");
  }

  @Test
  void shouldListTheIterationsThatThereAre() throws Exception {
    assertRefused(
        () -> open(TestModels.folder().resolve(TestModels.ROLLING), 2),
        "2 iterations were not exported; expected one of [0, 1, 3]");
  }

  @Test
  void shouldSayTheRangeOfPlanes() throws Exception {
    ModelBundle bundle = TestModels.bundle(TestModels.PLAIN);
    bundle.requirePlanes(3);
    bundle.requirePlanes(12);
    assertRefused(() -> bundle.requirePlanes(13), "13 planes", "expected 3 to 12");
    assertRefused(() -> bundle.requirePlanes(2), "2 planes", "expected 3 to 12");
  }

  @Test
  void shouldRefuseAFormThatIsNotThere() throws Exception {
    ModelBundle full = TestModels.bundle(TestModels.FULL_ONLY);
    assertRefused(() -> ModelGraphs.open(full, 2, ONE_THREAD.withForm(Form.ROLLING)), "twoStage");
    Path folder = TestModels.copy(TestModels.PLAIN, temp);
    Files.delete(folder.resolve("full-k0.onnx"));
    TestModels.edit(folder, root -> ((ObjectNode) root.get("files")).remove("full-k0.onnx"));
    ModelBundle rolling = ModelBundle.read(folder);
    assertRefused(
        () -> ModelGraphs.open(rolling, 0, ONE_THREAD.withForm(Form.FULL)), "full-k0.onnx");
    assertThat(rolling.verify(ONE_THREAD)).hasSize(1);
  }

  private static void open(Path folder, int iterations) throws ModelException {
    OnnxDepthEstimator.open(ModelBundle.read(folder), iterations, ONE_THREAD, System::nanoTime)
        .close();
  }

  private static void assertRefused(ThrowingCallable call, String... parts) {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("\n"));
  }

  private static Arguments edit(String what, Consumer<ObjectNode> change, String expected) {
    return Arguments.of(what, change, expected);
  }

  private static ObjectNode twoStage(ObjectNode root) {
    return (ObjectNode) root.get("twoStage");
  }

  private static ObjectNode golden(ObjectNode root) {
    return (ObjectNode) root.get("golden");
  }

  private static ObjectNode file(ObjectNode root) {
    return (ObjectNode) root.get("files").get("frame.onnx");
  }

  private static ArrayNode pixels(ObjectNode root) {
    return (ArrayNode) golden(root).get("pixels");
  }

  private static ArrayNode values(ObjectNode root) {
    return (ArrayNode) golden(root).get("expected").get("3").get("position");
  }
}
