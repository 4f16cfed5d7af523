package io.github.rackfocus.kafka.spool;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backlog on disk: every record is written before it is sent and forgotten when it has ended, so
 * that neither an outage nor the end of the process costs one within the bounds of {@link
 * SpoolConfig}. Files go as soon as all of theirs has ended: with a broker that answers, they are
 * gone before the kernel writes them to the disk.
 *
 * <p>A full disk costs the oldest files first. Where not even that makes room, the newest records
 * wait in memory, a few, so that a broker that answers still gets every one. Thread-safe.
 */
public final class Spool implements Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  /** Segments in a full spool, and so the share of it that is dropped at a time. */
  private static final int SEGMENTS = 64;

  private static final int AGES = 8;

  /** Records that wait in memory where the disk takes none. */
  static final int MEMORY_RECORDS = 8;

  /** A record under way; {@code kept} is the record itself where it is not on disk. */
  private static final class Flight {
    final long index;
    final @Nullable Entry kept;
    boolean ended;

    Flight(long index, @Nullable Entry kept) {
      this.index = index;
      this.kept = kept;
    }
  }

  private final SpoolFolder folder;
  private final SpoolConfig options;
  private final LossCounts losses;
  private final LongSupplier nanoClock;
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final ArrayDeque<SpoolSegment> segments;
  private final ArrayDeque<Entry> memory = new ArrayDeque<>();
  private final ArrayDeque<Flight> flights = new ArrayDeque<>();

  /** Ended, but behind one that will be taken again. */
  private final Set<Long> endedAhead = new HashSet<>();

  private final long recovered;
  private @Nullable SpoolSegment active;
  private ByteBuffer writeBuffer = ByteBuffer.allocateDirect(1 << 16);
  private ByteBuffer readBuffer = ByteBuffer.allocateDirect(1 << 16);
  private @Nullable SpoolSegment reading;
  private long readOffset;
  private long readingIndex;
  private long readIndex;
  private long nextIndex;
  private long waiting;
  private long bytes;

  /**
   * Opens a spool and repairs what a crash left.
   *
   * @param nanoClock monotonic
   * @throws IOException if the folder can't be used, or another process uses it
   */
  public Spool(SpoolConfig options, LossCounts losses, LongSupplier nanoClock) throws IOException {
    this.options = options;
    this.losses = losses;
    this.nanoClock = nanoClock;
    this.folder = new SpoolFolder(options.folder(), nanoClock);
    this.segments = folder.segments();
    this.readIndex = folder.mark().index();
    this.nextIndex = readIndex;
    losses.add(Loss.DAMAGED, folder.damaged());
    for (SpoolSegment segment : segments) {
      bytes += segment.size();
      waiting += segment.end() - Math.max(segment.first(), readIndex);
      nextIndex = Math.max(nextIndex, segment.end());
    }
    this.recovered = waiting;
    if (recovered > 0) {
      LOG.info(
          "kafka: {} records of an earlier run wait in {} and are sent first",
          recovered,
          options.folder());
    }
  }

  @Override
  public synchronized void append(OutgoingRecord record) throws IOException {
    int length = SpoolFormat.frameBytes(record);
    long index = nextIndex++;
    expire();
    long most = options.maxBytes() - SpoolFormat.SEGMENT_HEAD;
    if (length > most) {
      losses.add(Loss.TOO_LARGE, 1);
      throw new IOException("its record takes " + length + " bytes; the spool takes " + most);
    }
    while (bytes + length + SpoolFormat.SEGMENT_HEAD > options.maxBytes() && !segments.isEmpty()) {
      dropOldest(Loss.SPOOL_FULL);
    }
    waiting++;
    write(index, length, record);
    notifyAll();
  }

  private void write(long index, int length, OutgoingRecord record) {
    writeBuffer = withRoom(writeBuffer, length);
    SpoolFormat.put(writeBuffer, index, record);
    writeBuffer.flip();
    while (true) {
      try {
        SpoolSegment into = active(index, length);
        into.append(writeBuffer.position(0), nanoClock.getAsLong(), options.sync());
        bytes += length;
        return;
      } catch (IOException e) {
        active = null; // So that indices in a segment stay consecutive.
        boolean full = isFull(e);
        trouble.warn(
            "kafka: the spool {} could not take a record: {}; {}",
            options.folder(),
            ErrorMessages.of(e),
            full && !segments.isEmpty() ? "its oldest are dropped" : "the newest wait in memory");
        if (!full || segments.isEmpty()) {
          keep(new Entry(index, record), full ? Loss.DISK_FULL : Loss.SPOOL_FAULT);
          return;
        }
        dropOldest(Loss.DISK_FULL);
      }
    }
  }

  private SpoolSegment active(long index, int length) throws IOException {
    long now = nanoClock.getAsLong();
    SpoolSegment current = active;
    if (current == null
        || current.size() + length > options.maxBytes() / SEGMENTS
        || now - current.begunNanos() > options.maxAge().toNanos() / AGES) {
      active = null;
      current = folder.create(index, now);
      segments.addLast(current);
      bytes += current.size();
      active = current;
    }
    return current;
  }

  private static boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("quota exceeded");
  }

  private void keep(Entry entry, Loss cause) {
    while (memory.size() >= MEMORY_RECORDS) {
      memory.removeFirst();
      waiting--;
      losses.add(cause, 1);
    }
    memory.addLast(entry);
  }

  @Override
  public synchronized @Nullable Entry take(long patienceMillis) throws InterruptedException {
    expire();
    Entry entry = next();
    if (entry == null && patienceMillis > 0) {
      wait(patienceMillis);
      expire();
      entry = next();
    }
    return entry;
  }

  private @Nullable Entry next() {
    while (readIndex < nextIndex) {
      Entry kept = memory.peekFirst();
      SpoolSegment segment = segmentOf(readIndex);
      if (kept != null && (segment == null || kept.index() < segment.first())) {
        memory.removeFirst();
        return taken(kept, kept);
      }
      if (segment == null) {
        readIndex = nextIndex; // What was here was dropped and counted.
      } else if (segment.first() > readIndex) {
        readIndex = segment.first(); // What was between was dropped and counted.
      } else {
        Entry entry = read(segment);
        if (entry != null && !endedAhead.contains(entry.index())) {
          return taken(entry, null);
        }
      }
    }
    return null;
  }

  private Entry taken(Entry entry, @Nullable Entry kept) {
    flights.addLast(new Flight(entry.index(), kept));
    readIndex = entry.index() + 1;
    waiting--;
    return entry;
  }

  /** The first segment that holds the index or a later one. */
  private @Nullable SpoolSegment segmentOf(long index) {
    for (SpoolSegment segment : segments) {
      if (segment.end() > index) {
        return segment;
      }
    }
    return null;
  }

  /** The next record of a segment, or null where it is to be passed over or there is none. */
  private @Nullable Entry read(SpoolSegment segment) {
    if (reading != segment || readingIndex > readIndex) {
      reading = segment;
      readOffset = SpoolFormat.SEGMENT_HEAD;
      readingIndex = segment.first();
    }
    try {
      int length = segment.bodyLength(readOffset);
      if (length > 0) {
        int frame = SpoolFormat.FRAME_HEAD + length;
        readBuffer = withRoom(readBuffer, frame);
        Entry entry = segment.entry(readOffset, length, readBuffer, readingIndex);
        if (entry != null) {
          readOffset += frame;
          readingIndex++;
          boolean before = entry.index() < readIndex;
          readIndex = Math.max(readIndex, readingIndex);
          return before ? null : entry;
        }
      }
      lostOnDisk(segment.end(), segment.file() + " is damaged from byte " + readOffset + " on");
    } catch (IOException e) {
      lostOnDisk(segment.end(), segment.file() + " can't be read: " + ErrorMessages.of(e));
    }
    if (segment == active) {
      active = null;
    }
    return null;
  }

  /** Records of a range that have not ended. */
  private long pending(long from, long until) {
    long ended = endedAhead.stream().filter(index -> index >= from && index < until).count();
    return until - from - ended;
  }

  private void lostOnDisk(long until, String what) {
    long lost = pending(readIndex, until);
    waiting -= lost;
    losses.add(Loss.DAMAGED, lost);
    LOG.warn("kafka: {} records of the spool are lost: {}", lost, what);
    readIndex = until;
  }

  @Override
  public synchronized void ended(long index) {
    for (Flight flight : flights) {
      if (flight.index == index) {
        flight.ended = true;
        break;
      }
    }
    Flight oldest = flights.peekFirst();
    if (oldest == null || !oldest.ended) {
      return;
    }
    while (oldest != null && oldest.ended) {
      flights.removeFirst();
      oldest = flights.peekFirst();
    }
    reached(oldest == null ? readIndex : oldest.index);
  }

  private void reached(long index) {
    endedAhead.removeIf(ended -> ended < index);
    try {
      folder.mark().write(index);
      while (!segments.isEmpty()
          && segments.getFirst() != active
          && segments.getFirst().end() <= index) {
        remove(segments.removeFirst());
      }
    } catch (IOException e) {
      trouble.warn("kafka: the spool {} could not be tidied: {}", options.folder(), ErrorMessages.of(e));
    }
  }

  @Override
  public synchronized void rewind() {
    long back = -1;
    for (Iterator<Flight> newestFirst = flights.descendingIterator(); newestFirst.hasNext(); ) {
      Flight flight = newestFirst.next();
      SpoolSegment segment = segmentOf(flight.index);
      if (flight.ended) {
        endedAhead.add(flight.index);
      } else if (flight.kept != null) {
        memory.addFirst(flight.kept);
        back = flight.index;
        waiting++;
      } else if (segment != null && segment.first() <= flight.index) {
        back = flight.index;
        waiting++;
      } else {
        losses.add(Loss.SPOOL_FULL, 1); // Its file went while it was under way.
      }
    }
    flights.clear();
    if (back >= 0) {
      readIndex = back;
    }
    reading = null;
    notifyAll();
  }

  private void expire() {
    long now = nanoClock.getAsLong();
    while (!segments.isEmpty()
        && now - segments.getFirst().newestNanos() > options.maxAge().toNanos()) {
      dropOldest(Loss.SPOOL_AGE);
    }
  }

  private void dropOldest(Loss cause) {
    SpoolSegment segment = segments.removeFirst();
    while (!memory.isEmpty() && memory.getFirst().index() < segment.first()) {
      memory.removeFirst();
      waiting--;
      losses.add(cause, 1);
    }
    long from = Math.max(segment.first(), readIndex);
    if (segment.end() > from) {
      long lost = pending(from, segment.end());
      waiting -= lost;
      losses.add(cause, lost);
      readIndex = segment.end();
    }
    if (segment == active) {
      active = null;
    }
    try {
      remove(segment);
    } catch (IOException e) {
      trouble.warn("kafka: {} could not be deleted: {}", segment.file(), ErrorMessages.of(e));
    }
  }

  private void remove(SpoolSegment segment) throws IOException {
    bytes -= segment.size();
    if (reading == segment) {
      reading = null;
    }
    segment.delete();
  }

  @Override
  public synchronized long waiting() {
    return waiting;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public long recovered() {
    return recovered;
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  /** Leaves what has not ended on disk; what waits in memory only is counted as lost. */
  @Override
  public synchronized void close() throws IOException {
    rewind();
    losses.add(Loss.CLOSED, memory.size());
    memory.clear();
    if (waiting == 0) {
      reached(nextIndex);
      for (SpoolSegment segment : segments) {
        segment.delete();
      }
      segments.clear();
    }
    for (SpoolSegment segment : segments) {
      segment.close();
    }
    folder.close();
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes
        ? buffer.clear()
        : ByteBuffer.allocateDirect(Integer.highestOneBit(Math.max(1, bytes - 1)) * 2);
  }
}
