package io.github.rackfocus.node;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A file whose modification time tells the health check of a container that the process is working.
 * Use either {@link #touch} or {@link #touchWhile}; not thread-safe.
 */
public final class LivenessFile {
  private static final String VARIABLE = "RACKFOCUS_ALIVE_FILE";
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Path file;
  private final RateLimitedLogger warnings =
      new RateLimitedLogger(LoggerFactory.getLogger(LivenessFile.class));

  LivenessFile(@Nullable Path file) {
    this.file = file;
  }

  /** Returns the file named by {@code RACKFOCUS_ALIVE_FILE}; without it, nothing is touched. */
  public static LivenessFile fromEnvironment() {
    String named = System.getenv(VARIABLE);
    return new LivenessFile(named == null || named.isEmpty() ? null : Path.of(named));
  }

  /** Touches the file every second while the condition holds. Returns at once. */
  public void touchWhile(BooleanSupplier working) {
    if (file == null) {
      return;
    }
    DaemonThreads.start(
        "alive",
        () -> {
          while (working.getAsBoolean()) {
            touch();
            LockSupport.parkNanos(INTERVAL_NANOS);
          }
        });
  }

  /** Updates the modification time of the file. */
  public void touch() {
    if (file == null) {
      return;
    }
    try {
      if (Files.exists(file)) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      } else {
        Files.createFile(file);
      }
    } catch (IOException e) {
      warnings.warn("cannot touch {}: {}", file, ErrorMessages.of(e));
    }
  }
}
