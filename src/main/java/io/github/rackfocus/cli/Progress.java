package io.github.rackfocus.cli;

import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error where that is a terminal, else nothing. Thread-safe. */
final class Progress implements AutoCloseable {
  private static final int STEPS = 100;

  private final @Nullable ProgressBar bar;
  private final AtomicLong shown = new AtomicLong();

  Progress(String task) {
    this(task, STEPS);
  }

  Progress(String task, long steps) {
    this.bar =
        Terminal.hasErr()
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, Terminal.COLUMNS))
                .build()
            : null;
  }

  /** Shows a share done, 0 to 1; never goes back. */
  void show(double share) {
    if (bar != null) {
      bar.stepTo(shown.accumulateAndGet(Math.round(share * STEPS), Math::max));
    }
  }

  /** Shows one step more, and what was done. */
  void step(String done) {
    if (bar != null) {
      bar.setExtraMessage(done);
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
