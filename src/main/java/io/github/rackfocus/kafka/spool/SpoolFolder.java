package io.github.rackfocus.kafka.spool;

import io.github.rackfocus.common.ErrorMessages;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a spool: its lock, its mark, and the segments that another process left, the last
 * of which is cut behind its last whole record.
 */
final class SpoolFolder implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);

  private final Path path;
  private final FileChannel lockFile;
  private final SpoolAcknowledgements mark;
  private final ArrayDeque<SpoolSegment> segments = new ArrayDeque<>();
  private long damaged;

  /**
   * @param nanoClock monotonic, for the ages of segments
   * @throws IOException if the folder can't be used, or another process uses it
   */
  SpoolFolder(Path path, LongSupplier nanoClock) throws IOException {
    this.path = path;
    try {
      Files.createDirectories(path);
      lockFile =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "spool folder "
              + path
              + " can't be used: "
              + e.getClass().getSimpleName()
              + ": "
              + ErrorMessages.of(e)
              + "; expected a folder with permission to write",
          e);
    }
    SpoolAcknowledgements opened = null;
    try {
      lock();
      opened = new SpoolAcknowledgements(path.resolve("mark"));
      recover(opened.index(), nanoClock.getAsLong());
    } catch (IOException e) {
      if (opened != null) {
        opened.close();
      }
      for (SpoolSegment segment : segments) {
        segment.close();
      }
      lockFile.close();
      throw e;
    }
    this.mark = opened;
  }

  private void lock() throws IOException {
    @Nullable FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(
          "spool folder " + path + " is in use by another node; expected one of its own");
    }
  }

  private void recover(long reached, long nowNanos) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(path)) {
      files = all.filter(file -> SpoolSegment.firstOf(file) >= 0).sorted().toList();
    }
    long damagedFrom = -1;
    for (Path file : files) {
      if (damagedFrom >= 0 && segments.isEmpty()) {
        damaged += Math.max(0, SpoolSegment.firstOf(file) - Math.max(damagedFrom, reached));
      }
      damagedFrom = -1;
      long ageMillis =
          Math.max(0, System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis());
      SpoolSegment segment =
          SpoolSegment.open(file, nowNanos - TimeUnit.MILLISECONDS.toNanos(ageMillis));
      if (segment == null) {
        LOG.warn("kafka: {} is not a spool's segment and is deleted", file);
        Files.delete(file);
        damagedFrom = SpoolSegment.firstOf(file);
        continue;
      }
      if (!segments.isEmpty()) {
        segments.getLast().endsBy(segment.first());
      }
      segments.addLast(segment);
    }
    repairLast();
    while (!segments.isEmpty() && segments.getFirst().end() <= reached) {
      segments.removeFirst().delete();
    }
  }

  private void repairLast() throws IOException {
    if (segments.isEmpty()) {
      return;
    }
    SpoolSegment last = segments.getLast();
    long torn = last.repair();
    if (torn > 0) {
      LOG.warn(
          "kafka: {} ended in {} bytes of a record that was never whole; they are cut off",
          last.file(),
          torn);
    }
  }

  /** Up to where records have ended. */
  SpoolAcknowledgements mark() {
    return mark;
  }

  /** What was found, oldest first; the caller's from now on. */
  ArrayDeque<SpoolSegment> segments() {
    return segments;
  }

  /** Records known to have been in files, before the first sound one, that are no segments now. */
  long damaged() {
    return damaged;
  }

  SpoolSegment create(long first, long nowNanos) throws IOException {
    return SpoolSegment.create(path, first, nowNanos);
  }

  @Override
  public void close() throws IOException {
    mark.close();
    lockFile.close(); // Gives the lock back.
  }
}
