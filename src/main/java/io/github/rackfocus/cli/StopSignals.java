package io.github.rackfocus.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGINT and SIGTERM as a wish to stop, from construction until {@link #close}.
 *
 * <p>The JVM's own way would end it at once: its shutdown hooks run side by side, and ONNX
 * Runtime's would take the ground from under an inference that still runs. A second signal ends the
 * JVM.
 */
final class StopSignals implements AutoCloseable {
  /** What shells add to a signal's number for the exit code of a process it ended. */
  private static final int SIGNALLED = 128;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final SignalHandler onInterrupt = Signal.handle(new Signal("INT"), this::signalled);
  private final SignalHandler onTerminate = Signal.handle(new Signal("TERM"), this::signalled);

  /** Wishes to stop without a signal, because there is nothing left to do. */
  void stop() {
    stop.countDown();
  }

  /** Waits for the wish, and says whether it came in time. */
  boolean await(long millis) throws InterruptedException {
    return stop.await(millis, TimeUnit.MILLISECONDS);
  }

  private void signalled(Signal signal) {
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
    }
    stop.countDown();
  }

  @Override
  public void close() {
    Signal.handle(new Signal("INT"), onInterrupt);
    Signal.handle(new Signal("TERM"), onTerminate);
  }
}
