package io.github.rackfocus.kafka.spool;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backlog on disk. Every record is written before it is sent and removed once it is acknowledged,
 * so that neither an outage nor the end of the process loses a record within the limits of {@link
 * SpoolConfig}. A segment is deleted once all its records are acknowledged: while the broker
 * answers, files are gone before the kernel writes them to disk.
 *
 * <p>When the disk is full, the oldest segments are dropped first. If that makes no room, a few of
 * the newest records wait in memory, so that a broker that answers still receives every one.
 * Thread-safe.
 */
public final class Spool implements Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  /** Most records that wait in memory while the disk accepts none. */
  static final int MEMORY_RECORDS = 8;

  private final SpoolFolder folder;
  private final SpoolConfig config;
  private final LossCounts losses;
  private final LongSupplier nanoClock;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final SpoolSegments segments;
  private final SpoolCursor cursor = new SpoolCursor();
  private final InFlightRecords inFlight = new InFlightRecords();
  private final ArrayDeque<Entry> memory = new ArrayDeque<>();
  private final long recovered;
  private ByteBuffer writeBuffer = ByteBuffer.allocateDirect(1 << 16);
  private long readIndex;
  private long nextIndex;
  private long waiting;

  /**
   * Opens a spool and repairs files left by a crash.
   *
   * @param nanoClock monotonic
   * @throws IOException if the folder cannot be used, or another process uses it
   */
  public Spool(SpoolConfig config, LossCounts losses, LongSupplier nanoClock) throws IOException {
    this.config = config;
    this.losses = losses;
    this.nanoClock = nanoClock;
    this.folder = new SpoolFolder(config.folder(), nanoClock);
    this.segments = new SpoolSegments(folder, config);
    this.readIndex = folder.acknowledgements().index();
    this.nextIndex = readIndex;
    losses.add(Loss.DAMAGED, folder.damaged());
    for (SpoolSegment segment : segments.all()) {
      waiting += segment.end() - Math.max(segment.first(), readIndex);
      nextIndex = Math.max(nextIndex, segment.end());
    }
    this.recovered = waiting;
    if (recovered > 0) {
      LOG.info(
          "Spool {} has {} records of an earlier run, which are sent first",
          config.folder(),
          recovered);
    }
  }

  @Override
  public synchronized void append(OutgoingRecord record) throws IOException {
    int length = SpoolFormat.frameBytes(record);
    long index = nextIndex++;
    dropExpired();
    long limit = config.maxBytes() - SpoolFormat.SEGMENT_HEADER;
    if (length > limit) {
      losses.add(Loss.TOO_LARGE, 1);
      throw new IOException(
          "record has " + length + " bytes; expected at most " + limit + " for the spool");
    }
    while (segments.isFullFor(length)) {
      dropOldest(Loss.SPOOL_FULL);
    }
    waiting++;
    write(index, length, record);
    notifyAll();
  }

  private void write(long index, int length, OutgoingRecord record) {
    writeBuffer = SpoolFormat.withCapacity(writeBuffer, length);
    SpoolFormat.put(writeBuffer, index, record);
    writeBuffer.flip();
    while (true) {
      try {
        segments.append(index, writeBuffer.position(0), nanoClock.getAsLong());
        return;
      } catch (IOException e) {
        boolean diskFull = isDiskFull(e);
        boolean canDrop = diskFull && !segments.isEmpty();
        warnings.warn(
            "Spool {} cannot be written: {}; {}",
            config.folder(),
            ErrorMessages.of(e),
            canDrop ? "dropping its oldest records" : "the newest records wait in memory");
        if (!canDrop) {
          keepInMemory(new Entry(index, record), diskFull ? Loss.DISK_FULL : Loss.SPOOL_FAULT);
          return;
        }
        dropOldest(Loss.DISK_FULL);
      }
    }
  }

  private static boolean isDiskFull(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("quota exceeded");
  }

  private void keepInMemory(Entry entry, Loss cause) {
    while (memory.size() >= MEMORY_RECORDS) {
      memory.removeFirst();
      countLost(cause, 1);
    }
    memory.addLast(entry);
  }

  private void countLost(Loss cause, long records) {
    waiting -= records;
    losses.add(cause, records);
  }

  @Override
  public synchronized @Nullable Entry take(long patienceMillis) throws InterruptedException {
    dropExpired();
    Entry entry = next();
    if (entry == null && patienceMillis > 0) {
      wait(patienceMillis);
      dropExpired();
      entry = next();
    }
    return entry;
  }

  private @Nullable Entry next() {
    while (readIndex < nextIndex) {
      Entry oldestInMemory = memory.peekFirst();
      SpoolSegment segment = segments.find(readIndex);
      if (oldestInMemory != null && (segment == null || oldestInMemory.index() < segment.first())) {
        memory.removeFirst();
        return startFlight(oldestInMemory, oldestInMemory);
      }
      if (segment == null) {
        readIndex = nextIndex; // The records up to here were dropped and counted.
      } else if (segment.first() > readIndex) {
        readIndex = segment.first(); // The records in between were dropped and counted.
      } else {
        Entry entry = read(segment);
        if (entry != null && !inFlight.isReleased(entry.index())) {
          return startFlight(entry, null);
        }
      }
    }
    return null;
  }

  private Entry startFlight(Entry entry, @Nullable Entry inMemory) {
    inFlight.add(entry.index(), inMemory);
    readIndex = entry.index() + 1;
    waiting--;
    return entry;
  }

  /**
   * Reads the next record of a segment; skips the rest of the segment and returns null on damage.
   */
  private @Nullable Entry read(SpoolSegment segment) {
    try {
      Entry entry = cursor.read(segment, readIndex);
      readIndex = entry.index() + 1;
      return entry;
    } catch (IOException e) {
      long lost = inFlight.unreleased(readIndex, segment.end());
      countLost(Loss.DAMAGED, lost);
      LOG.warn("Spool lost {} records: {}", lost, ErrorMessages.of(e));
      readIndex = segment.end();
      segments.seal(segment);
      return null;
    }
  }

  @Override
  public synchronized void release(long index) {
    if (inFlight.release(index)) {
      acknowledgeBelow(inFlight.oldestOr(readIndex));
    }
  }

  private void acknowledgeBelow(long index) {
    inFlight.forgetBelow(index);
    try {
      folder.acknowledgements().write(index);
      segments.deleteBelow(index);
    } catch (IOException e) {
      warnings.warn(
          "Acknowledged records of spool {} cannot be deleted: {}",
          config.folder(),
          ErrorMessages.of(e));
    }
  }

  @Override
  public synchronized void rewind() {
    for (InFlightRecords.Flight flight : inFlight.removeAll()) {
      SpoolSegment segment = segments.find(flight.index());
      if (flight.inMemory() != null) {
        memory.addFirst(flight.inMemory());
      } else if (segment == null || segment.first() > flight.index()) {
        losses.add(Loss.SPOOL_FULL, 1); // Its segment was dropped while it was in flight.
        continue;
      }
      readIndex = flight.index();
      waiting++;
    }
    cursor.reset();
    notifyAll();
  }

  private void dropExpired() {
    while (segments.isOldestExpired(nanoClock.getAsLong())) {
      dropOldest(Loss.SPOOL_AGE);
    }
  }

  private void dropOldest(Loss cause) {
    SpoolSegment segment = segments.removeOldest();
    while (!memory.isEmpty() && memory.getFirst().index() < segment.first()) {
      memory.removeFirst();
      countLost(cause, 1);
    }
    long from = Math.max(segment.first(), readIndex);
    if (segment.end() > from) {
      countLost(cause, inFlight.unreleased(from, segment.end()));
      readIndex = segment.end();
    }
    try {
      segments.delete(segment);
    } catch (IOException e) {
      warnings.warn("Spool file {} cannot be deleted: {}", segment.file(), ErrorMessages.of(e));
    }
  }

  @Override
  public synchronized long waiting() {
    return waiting;
  }

  @Override
  public synchronized long bytes() {
    return segments.bytes();
  }

  @Override
  public long recovered() {
    return recovered;
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  /** Leaves unacknowledged records on disk; those that wait in memory are counted as lost. */
  @Override
  public synchronized void close() throws IOException {
    rewind();
    losses.add(Loss.CLOSED, memory.size());
    memory.clear();
    if (waiting == 0) {
      acknowledgeBelow(nextIndex);
      segments.deleteAll();
    }
    segments.close();
    folder.close();
  }
}
