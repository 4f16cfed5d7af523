package io.github.rackfocus.eval;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * A named group of stacks over which a mean is computed.
 *
 * <p>Written as {@code NAME=GLOB[,GLOB…]}; a stack belongs to the group if the name of its folder
 * matches one of the globs and none of those with a leading {@code !}. Immutable.
 */
public final class StackGroup {
  private final String name;
  private final List<PathMatcher> includes = new ArrayList<>();
  private final List<PathMatcher> excludes = new ArrayList<>();

  private StackGroup(String name) {
    this.name = name;
  }

  /**
   * Parses a group.
   *
   * @throws IllegalArgumentException if the text has another form
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
      (excluded ? group.excludes : group.includes)
          .add(matcher(text, excluded ? glob.substring(1) : glob));
    }
    if (group.includes.isEmpty()) {
      throw new IllegalArgumentException(
          "group '" + text + "' only excludes stacks; expected at least one glob to include");
    }
    return group;
  }

  private static PathMatcher matcher(String text, String glob) {
    if (glob.isBlank()) {
      throw new IllegalArgumentException(
          "group '" + text + "' has an empty glob; expected NAME=GLOB[,GLOB][,!GLOB]");
    }
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob.strip());
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "group '" + text + "' has an invalid glob '" + glob + "': " + e.getDescription(), e);
    }
  }

  /** Returns the name of the group. */
  public String name() {
    return name;
  }

  /** Returns whether a stack belongs to the group. */
  public boolean matches(String stack) {
    Path path = Path.of(stack);
    return includes.stream().anyMatch(glob -> glob.matches(path))
        && excludes.stream().noneMatch(glob -> glob.matches(path));
  }
}
