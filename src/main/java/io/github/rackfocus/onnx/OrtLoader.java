package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.github.rackfocus.common.Interrupts;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.common.NativeLibraryException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts ONNX Runtime once per process.
 *
 * <p>Version 1.29 for Linux sends telemetry: it writes a database below {@code ~/.cache/Microsoft},
 * a log to the temporary folder, and calls a server. Only the environment variable {@link
 * #NO_TELEMETRY}, set before the process starts, prevents that; what can be turned off later is
 * turned off here.
 */
final class OrtLoader {
  /** Turns off telemetry if set to 1, as our launchers do. */
  static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

  private static final Logger LOG = LoggerFactory.getLogger(OrtLoader.class);

  /**
   * The telemetry code matches the command line against a regular expression, recursively: more
   * than about 4 kB, as with an ordinary class path, overflows a default stack and crashes the JVM
   * without a message.
   */
  private static final long STACK_BYTES = 64L << 20;

  private static @Nullable OrtEnvironment environment;

  private OrtLoader() {}

  /**
   * Returns the process's ONNX Runtime.
   *
   * @throws ModelException if its native libraries can't be loaded
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
    // Half-loaded libraries are useless, so an interrupt waits.
    Interrupts.joinUninterruptibly(thread);
    OrtEnvironment started = start.started;
    if (started == null) {
      Throwable failure = start.failure;
      if (failure instanceof NativeLibraryException) {
        throw new ModelException(String.valueOf(failure.getMessage()), failure);
      }
      Throwable cause =
          failure == null || failure.getCause() == null ? failure : failure.getCause();
      throw new ModelException(
          "ONNX Runtime's native libraries can't be loaded: "
              + (cause == null ? "no reason given" : cause.getMessage())
              + "; expected Linux on x86-64 or aarch64 with glibc 2.28 or newer, or "
              + NativeLibraries.ONNX_RUNTIME_PROPERTY
              + " set to a folder with them",
          failure == null ? new IllegalStateException("no environment") : failure);
    }
    return started;
  }

  /** The task of the starting thread, and its result. */
  private static final class Start implements Runnable {
    private @Nullable OrtEnvironment started;
    private @Nullable Throwable failure;

    @Override
    public void run() {
      try {
        NativeLibraries.onnxRuntimeFolder();
        // It also throws every error that it would log; we report each error once.
        OrtEnvironment made =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "rackfocus");
        made.setTelemetry(false);
        started = made;
      } catch (OrtException | LinkageError | RuntimeException e) {
        failure = e;
      }
      if (System.getenv(NO_TELEMETRY) == null) {
        LOG.warn(
            "ONNX Runtime may send telemetry; set {}=1 in the environment to prevent it",
            NO_TELEMETRY);
      }
    }
  }
}
