package io.github.rackfocus.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The bundles that {@code make_test_models.py} wrote, and copies of them to spoil. */
public final class TestModels {
  /** Two-stage and full, luma of the stack, 0, 1 and 3 iterations, multiple 4, external weights. */
  public static final String ROLLING = "tiny-rolling";

  /** Two-stage at full resolution without luma, 3 to 12 planes. */
  public static final String PLAIN = "tiny-plain";

  /** Two-stage with the reference frame's luma, 1 iteration. */
  public static final String REFERENCE = "tiny-reference";

  /** Full form only, 0 and 2 iterations. */
  public static final String FULL_ONLY = "tiny-full";

  private static final ObjectMapper JSON = new ObjectMapper();

  private TestModels() {}

  /** The folder of all of them. */
  public static Path folder() {
    try {
      return Path.of(Objects.requireNonNull(TestModels.class.getResource("/models")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A sound bundle. */
  public static ModelBundle bundle(String name) throws ModelException {
    return ModelBundle.read(folder().resolve(name));
  }

  /** An estimator with the default iterations. */
  static OnnxDepthEstimator open(String name, OnnxConfig options) throws ModelException {
    return OnnxDepthEstimator.open(bundle(name), options, System::nanoTime);
  }

  /** Copies a bundle. */
  public static Path copy(String name, Path parent) throws IOException {
    Path target = Files.createDirectories(parent.resolve(name));
    List<Path> files;
    try (Stream<Path> all = Files.list(folder().resolve(name))) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.copy(file, target.resolve(file.getFileName().toString()));
    }
    return target;
  }

  /** Changes a copy's manifest. */
  public static void edit(Path bundle, Consumer<ObjectNode> change) throws IOException {
    Path file = bundle.resolve(ModelBundle.MANIFEST);
    ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
    change.accept(root);
    Files.write(file, JSON.writeValueAsBytes(root));
  }

  /** Replaces a file and enters its new hash and size in the manifest. */
  static void replace(Path bundle, String name, byte[] content) throws IOException {
    Files.write(bundle.resolve(name), content);
    String hash;
    try {
      hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    edit(
        bundle,
        root ->
            ((ObjectNode) root.get("files"))
                .putObject(name)
                .put("sha256", hash)
                .put("bytes", content.length));
  }
}
