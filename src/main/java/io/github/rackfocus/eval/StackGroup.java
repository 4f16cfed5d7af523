package io.github.rackfocus.eval;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * A named choice of stacks over which a mean is printed.
 *
 * <p>Written {@code NAME=GLOB[,GLOB…]}; a stack belongs to it if its folder's name matches one of
 * the globs and none of those with a leading {@code !}.
 */
public final class StackGroup {
  private final String name;
  private final List<PathMatcher> takes = new ArrayList<>();
  private final List<PathMatcher> leaves = new ArrayList<>();

  private StackGroup(String name) {
    this.name = name;
  }

  /**
   * Reads a group.
   *
   * @throws IllegalArgumentException saying what was found and expected
   */
  public static StackGroup parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException(
          "group is '" + text + "'; expected NAME=GLOB[,GLOB][,!GLOB], such as hci=hci-*,!*-greek");
    }
    StackGroup group = new StackGroup(text.substring(0, equals).strip());
    for (String glob : text.substring(equals + 1).split(",")) {
      boolean excluded = glob.startsWith("!");
      (excluded ? group.leaves : group.takes)
          .add(matcher(text, excluded ? glob.substring(1) : glob));
    }
    if (group.takes.isEmpty()) {
      throw new IllegalArgumentException(
          "group '" + text + "' only leaves stacks out; expected a glob of those to take as well");
    }
    return group;
  }

  private static PathMatcher matcher(String text, String glob) {
    if (glob.isBlank()) {
      throw new IllegalArgumentException("group '" + text + "' has an empty glob");
    }
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob.strip());
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "group '" + text + "' has the glob '" + glob + "': " + e.getDescription(), e);
    }
  }

  /** What its mean is called. */
  public String name() {
    return name;
  }

  /** Whether a stack belongs to it. */
  public boolean matches(String stack) {
    Path path = Path.of(stack);
    return takes.stream().anyMatch(glob -> glob.matches(path))
        && leaves.stream().noneMatch(glob -> glob.matches(path));
  }
}
