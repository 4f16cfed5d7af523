package io.github.rackfocus.ros;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** ROS time: the system clock, or /clock with use_sim_time. Thread-safe. */
public final class RosClock {
  private volatile boolean simulated;
  private volatile long simulatedNanos;

  RosClock() {}

  /** Returns nanoseconds since 1970; 0 until simulated time has started. */
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
