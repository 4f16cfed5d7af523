package io.github.rackfocus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the command's output goes to. */
final class Terminal {
  /** Width that everything printed fits. */
  static final int COLUMNS = 120;

  private Terminal() {}

  /**
   * Whether standard error is a terminal. Asked of Linux, since the console of Java tells of
   * standard input and output together, and from 22 on is there without any terminal.
   */
  static boolean hasErr() {
    return isTerminal(2);
  }

  /** Whether standard output is a terminal. */
  static boolean hasOut() {
    return isTerminal(1);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux, or /proc is not mounted: a progress bar in a log is worse than none.
      return false;
    }
  }
}
