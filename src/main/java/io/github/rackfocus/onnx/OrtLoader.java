package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.github.rackfocus.common.NativeLibraries;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts ONNX Runtime in this process, once.
 *
 * <p>Version 1.29 for Linux reports its use to its maker: it writes a database below {@code
 * ~/.cache/Microsoft}, a log to the temporary folder, and calls a server. Only the environment
 * variable {@link #NO_TELEMETRY}, set before the process starts, keeps it from that; what can be
 * switched off later is switched off here.
 */
final class OrtLoader {
  /** Set to 1, it keeps ONNX Runtime from calling home. Our launchers set it. */
  static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

  private static final Logger LOG = LoggerFactory.getLogger(OrtLoader.class);

  /**
   * The reporting code matches the command line against a regular expression, recursively: more
   * than about 4 kB of it, an ordinary class path, overflow a usual thread's stack and end the JVM
   * without a word.
   */
  private static final long STACK_BYTES = 64L << 20;

  private static @Nullable OrtEnvironment environment;

  private OrtLoader() {}

  /**
   * The process's ONNX Runtime.
   *
   * @throws ModelException if its natives can't be loaded
   */
  static synchronized OrtEnvironment environment() throws ModelException {
    OrtEnvironment started = environment;
    if (started == null) {
      started = startOnLargeStack();
      environment = started;
    }
    return started;
  }

  private static OrtEnvironment startOnLargeStack() throws ModelException {
    Start start = new Start();
    Thread thread = new Thread(null, start, "onnxruntime-start", STACK_BYTES);
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Natives half loaded help nobody; the interrupt is passed on below.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    OrtEnvironment started = start.started;
    if (started == null) {
      Throwable failure = start.failure;
      Throwable cause =
          failure == null || failure.getCause() == null ? failure : failure.getCause();
      throw new ModelException(
          "ONNX Runtime's native libraries can't be loaded: "
              + (cause == null ? "no reason given" : cause.getMessage())
              + "; expected Linux on x86-64 or aarch64 with glibc 2.28 or newer, or "
              + NativeLibraries.ONNX_RUNTIME_PROPERTY
              + " to name a folder with them",
          failure == null ? new IllegalStateException("no environment") : failure);
    }
    return started;
  }

  /** What the starting thread does and leaves behind. */
  private static final class Start implements Runnable {
    private @Nullable OrtEnvironment started;
    private @Nullable Throwable failure;

    @Override
    public void run() {
      try {
        NativeLibraries.onnxRuntimeFolder();
        // Whatever it would log as an error it throws as well, and we say it once, in our words.
        OrtEnvironment made =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "rackfocus");
        made.setTelemetry(false);
        started = made;
      } catch (OrtException | LinkageError | RuntimeException e) {
        failure = e;
      }
      if (System.getenv(NO_TELEMETRY) == null) {
        LOG.warn(
            "ONNX Runtime may report its use to its maker: set {}=1 in the environment to keep it"
                + " from that",
            NO_TELEMETRY);
      }
    }
  }
}
