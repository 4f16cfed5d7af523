package io.github.rackfocus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far an evaluation is: a bar on standard error where that is a terminal, else nothing. */
final class EvalProgress implements AutoCloseable {
  private static final int COLUMNS = 100;
  private static final int UPDATE_MILLIS = 200;

  private final @Nullable ProgressBar bar;

  private EvalProgress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Progress towards this many steps. */
  static EvalProgress on(int steps) {
    if (!errorIsATerminal()) {
      return new EvalProgress(null);
    }
    return new EvalProgress(
        new ProgressBarBuilder()
            .setTaskName("eval")
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
            .build());
  }

  /** One step is done. */
  void step(String what) {
    if (bar != null) {
      bar.setExtraMessage(what);
      bar.step();
    }
  }

  /**
   * Asked of Linux, since Java's console tells of standard input and output only, and from 22 on is
   * there without any terminal.
   */
  private static boolean errorIsATerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux, or /proc is not mounted: a progress bar in a log is worse than none.
      return false;
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
