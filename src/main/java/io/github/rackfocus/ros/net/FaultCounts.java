package io.github.rackfocus.ros.net;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts of rejected input and failed calls since a node's start, for diagnostics. Thread-safe. */
public final class FaultCounts {
  public final LongAdder connections = new LongAdder();
  public final LongAdder silence = new LongAdder();
  public final LongAdder publishers = new LongAdder();
  public final LongAdder messages = new LongAdder();
  public final LongAdder calls = new LongAdder();
  public final LongAdder services = new LongAdder();
  public final LongAdder master = new LongAdder();

  /** Incoming connections with a malformed header or a request that cannot be met. */
  public long rejectedConnections() {
    return connections.sum();
  }

  /** Incoming connections whose header did not arrive in time. */
  public long silentConnections() {
    return silence.sum();
  }

  /** Failed or broken connections to publishers: other md5sum, no response, invalid length. */
  public long publisherFailures() {
    return publishers.sum();
  }

  /** Messages dropped because they do not match their type. */
  public long malformedMessages() {
    return messages.sum();
  }

  /** Incoming XML-RPC calls that were malformed, too long or failed. */
  public long rejectedCalls() {
    return calls.sum();
  }

  /** Requests to the node's services that were malformed or failed. */
  public long failedServiceCalls() {
    return services.sum();
  }

  /** Calls to the master that failed or were rejected. */
  public long masterFailures() {
    return master.sum();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "rejected connections %d, silent %d, publisher failures %d, malformed messages %d,"
            + " rejected calls %d, failed service calls %d, master failures %d",
        rejectedConnections(),
        silentConnections(),
        publisherFailures(),
        malformedMessages(),
        rejectedCalls(),
        failedServiceCalls(),
        masterFailures());
  }
}
