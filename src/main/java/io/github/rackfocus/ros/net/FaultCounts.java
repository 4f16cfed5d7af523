package io.github.rackfocus.ros.net;

import java.util.concurrent.atomic.LongAdder;

/**
 * How often others sent a node what it could not take, since its start; for diagnostics.
 * Thread-safe.
 */
public final class FaultCounts {
  public final LongAdder connections = new LongAdder();
  public final LongAdder silence = new LongAdder();
  public final LongAdder publishers = new LongAdder();
  public final LongAdder messages = new LongAdder();
  public final LongAdder calls = new LongAdder();
  public final LongAdder services = new LongAdder();
  public final LongAdder master = new LongAdder();

  public FaultCounts() {}

  /** Connections to us whose header was malformed or asked for what there is not. */
  public long refusedConnections() {
    return connections.sum();
  }

  /** Connections to us that said nothing, or not all of it, in time. */
  public long silentConnections() {
    return silence.sum();
  }

  /** Failed or broken connections to publishers: another md5sum, no answer, a forbidden length. */
  public long publisherFailures() {
    return publishers.sum();
  }

  /** Messages that are not what their type says; dropped. */
  public long malformedMessages() {
    return messages.sum();
  }

  /** XML-RPC calls that were malformed or too long, or failed. */
  public long refusedCalls() {
    return calls.sum();
  }

  /** Calls of our services that were malformed or failed. */
  public long failedServiceCalls() {
    return services.sum();
  }

  /** Times that the master could not be reached or refused. */
  public long masterFailures() {
    return master.sum();
  }

  @Override
  public String toString() {
    return ("refused connections %d, silent %d, publisher failures %d, malformed messages %d,"
            + " refused calls %d, failed service calls %d, master failures %d")
        .formatted(
            refusedConnections(),
            silentConnections(),
            publisherFailures(),
            malformedMessages(),
            refusedCalls(),
            failedServiceCalls(),
            masterFailures());
  }
}
