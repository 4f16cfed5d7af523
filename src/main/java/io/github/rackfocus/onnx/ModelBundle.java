package io.github.rackfocus.onnx;

import io.github.rackfocus.common.Sha256;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.onnx.Manifest.FileEntry;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A model in a folder: manifest, graphs and card. Reading it validates the manifest and the size
 * and hash of every listed file; the graphs are checked when they are opened. Immutable.
 */
public final class ModelBundle {
  /** The name of a bundle's manifest. */
  public static final String MANIFEST = "manifest.json";

  private static final String CARD = "card.md";
  private static final long MAX_MANIFEST_BYTES = 8 << 20;

  private final Path folder;
  private final Manifest manifest;
  private final ModelIdentity identity;

  private ModelBundle(Path folder, Manifest manifest, ModelIdentity identity) {
    this.folder = folder;
    this.manifest = manifest;
    this.identity = identity;
  }

  /**
   * The result of checking one set of graphs.
   *
   * @param graphs their file names
   * @param provider where they ran
   * @param difference greatest difference from the golden vector
   * @param tolerance greatest difference allowed
   */
  public record GraphCheck(String graphs, String provider, double difference, double tolerance) {}

  /**
   * Reads a bundle and checks its manifest and its files.
   *
   * @param folder {@code models/NAME}
   * @throws ModelException with file, place, found and expected
   */
  public static ModelBundle read(Path folder) throws ModelException {
    Path file = folder.resolve(MANIFEST);
    byte[] bytes = manifestBytes(folder, file);
    Manifest manifest = ManifestReader.read(file, bytes);
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String folderName = last == null ? "" : last.toString();
    if (!manifest.about().name().equals(folderName)) {
      throw new ModelException(
          file
              + ": name is "
              + manifest.about().name()
              + "; expected "
              + folderName
              + ", the folder's name");
    }
    ModelIdentity identity =
        new ModelIdentity(
            manifest.about().name(),
            manifest.about().version(),
            hex(Sha256.newDigest().digest(bytes)));
    ModelBundle bundle = new ModelBundle(folder, manifest, identity);
    for (Map.Entry<String, FileEntry> entry : new TreeMap<>(manifest.files()).entrySet()) {
      bundle.checkFile(entry.getKey(), entry.getValue());
    }
    return bundle;
  }

  private static byte[] manifestBytes(Path folder, Path file) throws ModelException {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(folder + ": no such folder; expected a model bundle");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelException(file + ": is missing; expected the manifest of a model bundle");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) MAX_MANIFEST_BYTES + 1);
      if (bytes.length > MAX_MANIFEST_BYTES) {
        throw new ModelException(
            file + ": larger than " + MAX_MANIFEST_BYTES + " bytes; expected a manifest");
      }
      return bytes;
    } catch (ModelException e) {
      throw e;
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e.getMessage(), e);
    }
  }

  private void checkFile(String name, FileEntry expected) throws ModelException {
    Path file = file(name);
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file
              + ": is missing; expected a file of "
              + expected.bytes()
              + " bytes, according to "
              + MANIFEST);
    }
    try {
      if (!folder.toRealPath().equals(file.toRealPath().getParent())) {
        throw new ModelException(
            file + ": links to " + file.toRealPath() + "; expected a file of the bundle's folder");
      }
      long bytes = Files.size(file);
      if (bytes != expected.bytes()) {
        throw new ModelException(
            file
                + ": has "
                + bytes
                + " bytes; expected "
                + expected.bytes()
                + ", according to "
                + MANIFEST);
      }
      String hash = hash(file);
      if (!hash.equals(expected.sha256())) {
        throw new ModelException(
            file
                + ": its SHA-256 is "
                + hash
                + "; expected "
                + expected.sha256()
                + ", according to "
                + MANIFEST);
      }
    } catch (ModelException e) {
      throw e;
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read: " + e.getMessage(), e);
    }
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    byte[] block = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    }
    return hex(digest.digest());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Returns the bundle's folder. */
  public Path folder() {
    return folder;
  }

  /** Returns the path of the manifest. */
  public Path manifestFile() {
    return folder.resolve(MANIFEST);
  }

  /** Returns the content of the manifest. */
  public Manifest manifest() {
    return manifest;
  }

  /** Returns name, version and the hash of the manifest, which has the hash of every file. */
  public ModelIdentity identity() {
    return identity;
  }

  /** Returns the size of all listed files. */
  public long bytes() {
    return manifest.files().values().stream().mapToLong(FileEntry::bytes).sum();
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Checks a number of proximal iterations.
   *
   * @throws ModelException with those exported
   */
  public void requireIterations(int iterations) throws ModelException {
    if (!manifest.iterations().exported().contains(iterations)) {
      throw new ModelException(
          manifestFile()
              + ": "
              + iterations
              + " iterations were not exported; expected one of "
              + manifest.iterations().exported());
    }
  }

  /**
   * Checks a sweep's number of planes.
   *
   * @throws ModelException with the range
   */
  public void requirePlanes(int planes) throws ModelException {
    if (planes < manifest.input().minPlanes() || planes > manifest.input().maxPlanes()) {
      throw new ModelException(
          manifestFile()
              + ": a sweep of "
              + planes
              + " planes is out of range; expected "
              + manifest.input().minPlanes()
              + " to "
              + manifest.input().maxPlanes());
    }
  }

  /**
   * Checks everything: that the folder has no unlisted file, and every graph's inputs, outputs and
   * golden vector in both forms, whatever form the configuration names.
   *
   * @return one result per form and number of iterations
   * @throws ModelException for the first fault
   */
  public List<GraphCheck> verify(OnnxConfig options) throws ModelException {
    requireNothingUnlisted();
    List<GraphCheck> checks = new ArrayList<>();
    for (int iterations : manifest.iterations().exported()) {
      if (manifest.twoStage() != null) {
        OnnxConfig rolling = options.withForm(Form.ROLLING);
        checks.add(check(iterations, rolling.withPrecision(Precision.FP32)));
        if (manifest.isQuantised(iterations) && options.device().kind() == Device.Kind.CPU) {
          checks.add(check(iterations, rolling.withPrecision(Precision.INT8)));
        }
      }
      if (manifest.hasFull(iterations)) {
        OnnxConfig full = options.withForm(Form.FULL);
        checks.add(check(iterations, full.withPrecision(Precision.FP32)));
      }
    }
    return checks;
  }

  private GraphCheck check(int iterations, OnnxConfig options) throws ModelException {
    try (ModelGraphs graphs = ModelGraphs.open(this, iterations, options)) {
      return new GraphCheck(
          graphs.names(iterations),
          graphs.provider().description(),
          graphs.goldenDifference(iterations),
          graphs.tolerance(iterations));
    }
  }

  private void requireNothingUnlisted() throws ModelException {
    TreeSet<String> unlisted = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.map(path -> path.getFileName().toString()).forEach(unlisted::add);
    } catch (IOException e) {
      throw new ModelException(folder + ": can't be listed: " + e.getMessage(), e);
    }
    unlisted.removeAll(manifest.files().keySet());
    unlisted.remove(MANIFEST);
    unlisted.remove(CARD);
    // The card's pictures and a file manager's hidden files are never loaded.
    unlisted.removeIf(name -> name.startsWith(".") || name.endsWith(".png"));
    if (!unlisted.isEmpty()) {
      throw new ModelException(
          file(unlisted.first())
              + ": is not listed in "
              + MANIFEST
              + "; expected only listed files");
    }
  }
}
