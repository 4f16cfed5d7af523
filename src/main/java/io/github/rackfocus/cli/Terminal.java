package io.github.rackfocus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether the standard streams are terminals. */
final class Terminal {
  /** Maximum width of everything that is printed. */
  static final int COLUMNS = 120;

  private Terminal() {}

  /**
   * Returns whether standard error is a terminal.
   *
   * <p>Reads Linux's /proc: {@code System.console()} covers standard input and output together, and
   * from Java 22 on exists without a terminal.
   */
  static boolean isStderr() {
    return isTerminal(2);
  }

  /** Returns whether standard output is a terminal. */
  static boolean isStdout() {
    return isTerminal(1);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux, or no /proc: a progress bar in a log file would be worse than none.
      return false;
    }
  }
}
