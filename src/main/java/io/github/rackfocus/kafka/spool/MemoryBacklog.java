package io.github.rackfocus.kafka.spool;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A backlog in memory that keeps the newest records and drops the oldest. Records in flight do not
 * count towards its capacity; the sender limits them. Thread-safe.
 */
public final class MemoryBacklog implements Backlog {
  private final int capacity;
  private final LossCounts losses;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
  private final ArrayDeque<Entry> inFlight = new ArrayDeque<>();
  private long nextIndex;
  private long bytes;

  /**
   * @param capacity most records that wait, at least 1
   */
  public MemoryBacklog(int capacity, LossCounts losses) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + "; expected 1 or more");
    }
    this.capacity = capacity;
    this.losses = losses;
  }

  @Override
  public synchronized void append(OutgoingRecord record) {
    while (waiting.size() >= capacity) {
      subtract(waiting.removeFirst());
      losses.add(Loss.QUEUE_FULL, 1);
    }
    waiting.addLast(new Entry(nextIndex++, record));
    bytes += record.value().length;
    notifyAll();
  }

  @Override
  public synchronized @Nullable Entry take(long patienceMillis) throws InterruptedException {
    if (waiting.isEmpty() && patienceMillis > 0) {
      wait(patienceMillis);
    }
    Entry entry = waiting.pollFirst();
    if (entry != null) {
      inFlight.addLast(entry);
    }
    return entry;
  }

  @Override
  public synchronized void release(long index) {
    for (Iterator<Entry> entries = inFlight.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.index() == index) {
        entries.remove();
        subtract(entry);
        return;
      }
    }
  }

  @Override
  public synchronized void rewind() {
    while (!inFlight.isEmpty()) {
      waiting.addFirst(inFlight.removeLast());
    }
    notifyAll();
  }

  @Override
  public synchronized long waiting() {
    return waiting.size();
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public long recovered() {
    return 0;
  }

  @Override
  public boolean isDurable() {
    return false;
  }

  /** Counts the remaining records as lost. */
  @Override
  public synchronized void close() {
    losses.add(Loss.CLOSED, waiting.size() + inFlight.size());
    waiting.clear();
    inFlight.clear();
    bytes = 0;
  }

  private void subtract(Entry entry) {
    bytes -= entry.record().value().length;
  }
}
