package io.github.rackfocus.eval;

import io.github.rackfocus.common.NumberFormats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be evaluated.
 *
 * @param folders stack folders, by name
 * @param models names that the factory knows
 * @param noises standard deviations of added noise, of 255; each gives a table of its own
 * @param validOnly judge only what would be published
 * @param repeats timed showings of a stack, at least 1
 * @param out where depth maps are written, null nowhere
 * @param groups further means
 */
public record EvaluationPlan(
    List<Path> folders,
    List<String> models,
    List<Double> noises,
    boolean validOnly,
    int repeats,
    @Nullable Path out,
    List<StackGroup> groups) {

  /**
   * The stack folders of a folder: itself if it has a {@code stack.json}, else those of its
   * sub-folders that have one, by name.
   *
   * @throws IOException if it isn't a folder or holds no stack
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
            root + ": holds no stack; expected stack.json in it or in folders in it");
      }
      return found;
    }
  }

  private static boolean isStack(Path folder) {
    return Files.isRegularFile(folder.resolve("stack.json"));
  }

  /** How many results there will be. */
  public int size() {
    return folders.size() * models.size() * noises.size();
  }

  /** Where a model's maps go for one noise; noise 0 needs no folder of its own. */
  Path outFor(Path root, String model, double noise) {
    Path base = noise == 0 ? root : root.resolve("noise-" + NumberFormats.plain(noise));
    return base.resolve(model);
  }
}
