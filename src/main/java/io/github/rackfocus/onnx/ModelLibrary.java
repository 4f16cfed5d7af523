package io.github.rackfocus.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the model bundles, with one folder per model.
 *
 * @param folder usually {@code models}
 */
public record ModelLibrary(Path folder) {
  /** The environment variable for the folder. */
  public static final String VARIABLE = "RACKFOCUS_MODELS";

  /** The system property for the application's home. */
  public static final String HOME_PROPERTY = "rackfocus.home";

  /**
   * Finds the folder: the given one, else that of {@link #VARIABLE}, else {@code models} in the
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
   * Returns the names of the bundles, sorted. Only the presence of a manifest is checked.
   *
   * @throws ModelException if the folder can't be listed
   */
  public List<String> names() throws ModelException {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          folder.toAbsolutePath()
              + ": no such folder; expected the models; set "
              + VARIABLE
              + " to their folder");
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
   * @throws ModelException if there is none of that name, with the names there are, or if it is
   *     invalid
   */
  public ModelBundle read(String name) throws ModelException {
    List<String> names = names();
    if (!names.contains(name)) {
      throw new ModelException(
          folder
              + ": has no model "
              + name
              + "; expected "
              + (names.isEmpty() ? "at least one model" : "one of " + String.join(", ", names)));
    }
    return ModelBundle.read(folder.resolve(name));
  }
}
