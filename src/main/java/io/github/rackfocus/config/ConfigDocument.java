package io.github.rackfocus.config;

import java.util.List;

/** Writes every option of a node as a commented YAML file: {@code config/node.yaml}. */
public final class ConfigDocument {
  private static final int COMMENT_COLUMN = 40;

  private ConfigDocument() {}

  /** The file, every option at its default. */
  public static String yaml() {
    StringBuilder text =
        new StringBuilder(
            """
            # Every option of a Rackfocus node with its default, unit, range and meaning.
            # Written by 'rackfocus run --print-config'; a test holds it against the code.
            """);
    List<ConfigSection.Option> options = AppConfig.options();
    for (int i = 0; i < options.size(); i++) {
      append(text, options.get(i), isSection(options, i));
    }
    return text.toString();
  }

  private static boolean isSection(List<ConfigSection.Option> options, int i) {
    return i + 1 < options.size()
        && options.get(i + 1).path().startsWith(options.get(i).path() + ".");
  }

  private static void append(StringBuilder text, ConfigSection.Option option, boolean section) {
    int depth = (int) option.path().chars().filter(c -> c == '.').count();
    String name = option.path().substring(option.path().lastIndexOf('.') + 1);
    String line = "  ".repeat(depth) + name + ":" + (section ? "" : " " + option.value());
    if (section) {
      text.append(depth == 0 ? "\n" : "")
          .append("  ".repeat(depth))
          .append("# ")
          .append(option.doc())
          .append('\n')
          .append(line)
          .append('\n');
      return;
    }
    text.append(line).append(" ".repeat(Math.max(2, COMMENT_COLUMN - line.length()))).append("# ");
    if (!option.unit().isEmpty()) {
      text.append(option.unit()).append(", ");
    }
    text.append(option.range()).append("; ").append(option.doc()).append('\n');
  }
}
