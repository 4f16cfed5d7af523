package io.github.rackfocus.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that model bundles lie in, one folder a model.
 *
 * @param folder usually {@code models}
 */
public record ModelLibrary(Path folder) {
  /** The environment variable that names the folder. */
  public static final String VARIABLE = "RACKFOCUS_MODELS";

  /** The system property that names the application's home. */
  public static final String HOME_PROPERTY = "rackfocus.home";

  /**
   * Finds the folder: the one given, else that of {@link #VARIABLE}, else {@code models} in the
   * application's home, else {@code models} in the working directory.
   */
  public static ModelLibrary locate(@Nullable Path given) {
    return locate(given, System.getenv(), System.getProperty(HOME_PROPERTY));
  }

  static ModelLibrary locate(
      @Nullable Path given, Map<String, String> environment, @Nullable String home) {
    String variable = environment.get(VARIABLE);
    if (given != null) {
      return new ModelLibrary(given);
    }
    if (variable != null && !variable.isBlank()) {
      return new ModelLibrary(Path.of(variable));
    }
    return new ModelLibrary(Path.of(home == null ? "" : home).resolve("models"));
  }

  /**
   * Names of the bundles that lie here, sorted; nothing is checked but that they have a manifest.
   *
   * @throws ModelException if the folder can't be listed
   */
  public List<String> names() throws ModelException {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          folder.toAbsolutePath()
              + ": no such folder; expected the models, name their folder by "
              + VARIABLE);
    }
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(path -> Files.isRegularFile(path.resolve(ModelBundle.MANIFEST)))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new ModelException(folder + ": can't be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a bundle.
   *
   * @throws ModelException if there is none of that name, with those that there are, or if it is
   *     not sound
   */
  public ModelBundle read(String name) throws ModelException {
    List<String> names = names();
    if (!names.contains(name)) {
      throw new ModelException(
          folder
              + ": has no model "
              + name
              + "; expected "
              + (names.isEmpty() ? "one, but it is empty" : "one of " + String.join(", ", names)));
    }
    return ModelBundle.read(folder.resolve(name));
  }
}
