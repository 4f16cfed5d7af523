package io.github.rackfocus.node;

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
 * A file whose time of change tells a container's health check that a process is working: touched
 * while it does. Of its methods one is called, by one thread.
 */
public final class LivenessFile {
  private static final String VARIABLE = "RACKFOCUS_ALIVE_FILE";
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Path file;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LoggerFactory.getLogger(LivenessFile.class));

  LivenessFile(@Nullable Path file) {
    this.file = file;
  }

  /** The file that {@code RACKFOCUS_ALIVE_FILE} names; none, if it names none. */
  public static LivenessFile fromEnvironment() {
    String named = System.getenv(VARIABLE);
    return new LivenessFile(named == null || named.isEmpty() ? null : Path.of(named));
  }

  /** Touches the file every second for as long as something holds; returns at once. */
  public void touchWhile(BooleanSupplier working) {
    if (file == null) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              while (working.getAsBoolean()) {
                touch();
                LockSupport.parkNanos(INTERVAL_NANOS);
              }
            },
            "alive");
    thread.setDaemon(true);
    thread.start();
  }

  /** Says that the process is working. */
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
      trouble.warn("{}: could not be touched: {}", file, ErrorMessages.of(e));
    }
  }
}
