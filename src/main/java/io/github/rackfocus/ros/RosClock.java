package io.github.rackfocus.ros;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Time as the robot has it: the machine's, or with use_sim_time that of /clock. Thread-safe. */
public final class RosClock {
  private volatile boolean simulated;
  private volatile long simulatedNanos;

  RosClock() {}

  /** Nanoseconds since 1970; 0 while simulated time has not begun. */
  public long nowNanos() {
    if (simulated) {
      return simulatedNanos;
    }
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  public boolean isSimulated() {
    return simulated;
  }

  void simulate() {
    simulated = true;
  }

  void setNanos(long nanos) {
    simulatedNanos = nanos;
  }
}
