package io.github.rackfocus.kafka.spool;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A backlog in memory, bounded by records: the newest wait, the oldest are dropped. Records under
 * way come on top of the bound; the sender bounds them. Thread-safe.
 */
public final class MemoryBacklog implements Backlog {
  private final int capacity;
  private final LossCounts losses;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
  private final ArrayDeque<Entry> underWay = new ArrayDeque<>();
  private long nextIndex;
  private long bytes;

  /**
   * @param capacity records that wait at most, at least 1
   */
  public MemoryBacklog(int capacity, LossCounts losses) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + "; at least 1");
    }
    this.capacity = capacity;
    this.losses = losses;
  }

  @Override
  public synchronized void append(OutgoingRecord record) {
    while (waiting.size() >= capacity) {
      drop(waiting.removeFirst());
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
      underWay.addLast(entry);
    }
    return entry;
  }

  @Override
  public synchronized void ended(long index) {
    for (Iterator<Entry> entries = underWay.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.index() == index) {
        entries.remove();
        drop(entry);
        return;
      }
    }
  }

  @Override
  public synchronized void rewind() {
    while (!underWay.isEmpty()) {
      waiting.addFirst(underWay.removeLast());
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

  /** Counts what nobody acknowledged as lost. */
  @Override
  public synchronized void close() {
    losses.add(Loss.CLOSED, waiting.size() + underWay.size());
    waiting.clear();
    underWay.clear();
    bytes = 0;
  }

  private void drop(Entry entry) {
    bytes -= entry.record().value().length;
  }
}
