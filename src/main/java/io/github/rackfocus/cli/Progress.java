package io.github.rackfocus.cli;

import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error if that is a terminal, otherwise silent. Thread-safe. */
final class Progress implements AutoCloseable {
  private static final int STEPS = 100;

  private final @Nullable ProgressBar bar;
  private final AtomicLong shown = new AtomicLong();

  Progress(String task) {
    this(task, STEPS);
  }

  Progress(String task, long steps) {
    this.bar =
        Terminal.isStderr()
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, Terminal.COLUMNS))
                .build()
            : null;
  }

  /** Shows a fraction of the work as done, 0 to 1; a smaller value than before is ignored. */
  void show(double fraction) {
    if (bar != null) {
      bar.stepTo(shown.accumulateAndGet(Math.round(fraction * STEPS), Math::max));
    }
  }

  /** Advances by one step and shows a message about it. */
  void step(String message) {
    if (bar != null) {
      bar.setExtraMessage(message);
      bar.step();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
