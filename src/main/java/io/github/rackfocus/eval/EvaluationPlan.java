package io.github.rackfocus.eval;

import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.registration.RegistrationMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to evaluate.
 *
 * @param folders stack folders, sorted by name
 * @param models names of models of the factory
 * @param noises standard deviations of added noise, 0 to 255, one table each
 * @param registration how the images of a stack are registered
 * @param validOnly whether to evaluate only pixels whose depth would be published
 * @param repeats timed runs per stack, at least 1
 * @param out folder for depth maps, null to write none
 * @param groups groups of stacks to average in addition
 */
public record EvaluationPlan(
    List<Path> folders,
    List<String> models,
    List<Double> noises,
    RegistrationMode registration,
    boolean validOnly,
    int repeats,
    @Nullable Path out,
    List<StackGroup> groups) {

  /**
   * Returns the stack folders below a folder: the folder itself if it has a {@code stack.json},
   * otherwise those of its sub-folders that have one, sorted by name.
   *
   * @throws IOException if the path is not a folder or contains no stack
   */
  public static List<Path> stackFolders(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + ": is not a folder; expected a folder of stack folders");
    }
    if (isStack(root)) {
      return List.of(root);
    }
    try (Stream<Path> entries = Files.list(root)) {
      List<Path> found = entries.filter(EvaluationPlan::isStack).sorted().toList();
      if (found.isEmpty()) {
        throw new IOException(
            root + ": contains no stack; expected stack.json in it or in its sub-folders");
      }
      return found;
    }
  }

  private static boolean isStack(Path folder) {
    return Files.isRegularFile(folder.resolve("stack.json"));
  }

  /** Returns the number of results the plan produces. */
  public int size() {
    return folders.size() * models.size() * noises.size();
  }

  /** Returns the folder for the maps of a model at a noise; noise 0 has no sub-folder. */
  Path outFor(Path root, String model, double noise) {
    Path base = noise == 0 ? root : root.resolve("noise-" + NumberFormats.plain(noise));
    return base.resolve(model);
  }
}
