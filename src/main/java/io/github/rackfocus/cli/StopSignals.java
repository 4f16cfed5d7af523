package io.github.rackfocus.cli;

import io.github.rackfocus.common.DaemonThreads;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns SIGINT and SIGTERM into a request to stop, from construction until {@link #close}.
 *
 * <p>By default the JVM would run its shutdown hooks at once, and ONNX Runtime's hook would free
 * its environment while an inference may still be running. A second signal halts the JVM.
 * Thread-safe.
 */
final class StopSignals implements AutoCloseable {
  /** Blocks until a component has ended. */
  interface Wait {
    void awaitEnd() throws IOException, InterruptedException;
  }

  /** Offset of the exit code of a process that was ended by a signal, as shells report it. */
  private static final int SIGNAL_EXIT_OFFSET = 128;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final SignalHandler previousInterrupt = Signal.handle(new Signal("INT"), this::onSignal);
  private final SignalHandler previousTerminate = Signal.handle(new Signal("TERM"), this::onSignal);

  /**
   * Requests a stop as soon as a component has ended by itself.
   *
   * @param thread name of the daemon thread that waits for it
   * @param end waits for the end; its exceptions are ignored, so the caller must await the end too
   */
  void stopAfter(String thread, Wait end) {
    DaemonThreads.start(
        thread,
        () -> {
          try {
            end.awaitEnd();
          } catch (IOException | InterruptedException e) {
            // The main thread awaits the end as well and gets the same exception.
          }
          stop.countDown();
        });
  }

  /** Waits for the request to stop; returns whether it came in time. */
  boolean await(long millis) throws InterruptedException {
    return stop.await(millis, TimeUnit.MILLISECONDS);
  }

  private void onSignal(Signal signal) {
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(SIGNAL_EXIT_OFFSET + signal.getNumber());
    }
    stop.countDown();
  }

  @Override
  public void close() {
    Signal.handle(new Signal("INT"), previousInterrupt);
    Signal.handle(new Signal("TERM"), previousTerminate);
  }
}
