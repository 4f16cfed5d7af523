package io.github.rackfocus.common;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one stage of the pipeline on a thread of its own, from {@link #start} until the stage has no
 * more work, fails, or is interrupted.
 *
 * <p>The runner owns the thread: its name, its daemon flag, the handling of errors, the count of
 * steps, and the guarantee that {@link Stage#onEnd} runs exactly once after the last step, however
 * the stage ended. Thread-safe.
 */
public final class StageRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);

  /** The work of a stage. All methods are called on the runner's thread. */
  public interface Stage {
    /**
     * Does the next piece of work, waiting for it if there is none yet.
     *
     * @return false if there is no more work: the stage has ended
     * @throws IOException if the stage cannot continue
     * @throws InterruptedException if the runner was interrupted
     */
    boolean doWork() throws IOException, InterruptedException;

    /**
     * Reports that the stage cannot continue. Called before {@link #onEnd}.
     *
     * @param cause what {@link #doWork} threw
     */
    void onError(Throwable cause);

    /** Releases what the stage holds. Called once, after the last step. */
    default void onEnd() {}
  }

  private final Stage stage;
  private final Thread thread;
  private final AtomicLong steps = new AtomicLong();

  private StageRunner(String name, Stage stage, boolean daemon) {
    this.stage = stage;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(daemon);
  }

  /** Creates a runner whose thread keeps the process alive. */
  public static StageRunner of(String name, Stage stage) {
    return new StageRunner(name, stage, false);
  }

  /** Creates a runner whose thread does not keep the process alive. */
  public static StageRunner daemon(String name, Stage stage) {
    return new StageRunner(name, stage, true);
  }

  /** Starts the stage; to be called once. */
  public void start() {
    thread.start();
  }

  /** Name of the stage and of its thread. */
  public String name() {
    return thread.getName();
  }

  /** Whether the stage was started and has not ended. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Steps that did work since the start. */
  public long steps() {
    return steps.get();
  }

  /** Waits until the stage has ended. */
  public void join() throws InterruptedException {
    thread.join();
  }

  /**
   * Waits until the stage has ended, however often the caller is interrupted meanwhile. Each
   * interruption is passed on to the stage, and the caller's interrupt flag is set on return.
   */
  public void joinPassingInterrupts() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the stage has ended, and sets the interrupt flag on return if interrupted. */
  public void joinUninterrupted() {
    Interrupts.joinUninterruptibly(thread);
  }

  /**
   * Waits a bounded time for the stage to end and interrupts it if it has not. Sets the caller's
   * interrupt flag on return if the caller was interrupted.
   *
   * @return whether the stage ended by itself
   */
  public boolean joinOrInterrupt(long timeout, TimeUnit unit) {
    try {
      unit.timedJoin(thread, Math.max(1, timeout));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      return true;
    }
    thread.interrupt();
    return false;
  }

  private void run() {
    try {
      while (stage.doWork()) {
        steps.incrementAndGet();
      }
    } catch (InterruptedException e) {
      LOG.debug("{} was interrupted", name());
    } catch (IOException | RuntimeException | Error e) {
      stage.onError(e);
    } finally {
      stage.onEnd();
    }
  }
}
