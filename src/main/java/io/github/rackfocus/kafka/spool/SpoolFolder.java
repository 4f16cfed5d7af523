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
 * The folder of a spool: its lock, its index of acknowledged records, and the recovery of segments
 * that an earlier process left. The last of these is truncated after its last complete record.
 */
final class SpoolFolder implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);

  private final Path path;
  private final FileChannel lockFile;
  private final SpoolAcknowledgements acknowledgements;
  private final ArrayDeque<SpoolSegment> segments = new ArrayDeque<>();
  private long damaged;

  /**
   * @param nanoClock monotonic, for the ages of segments
   * @throws IOException if the folder cannot be used, or another process uses it
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
              + " cannot be used: "
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
    this.acknowledgements = opened;
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
          "spool folder " + path + " is in use by another node; expected a folder of its own");
    }
  }

  private void recover(long acknowledgedBelow, long nowNanos) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(path)) {
      files = all.filter(file -> SpoolSegment.firstOf(file) >= 0).sorted().toList();
    }
    long damagedFrom = -1;
    for (Path file : files) {
      if (damagedFrom >= 0 && segments.isEmpty()) {
        damaged +=
            Math.max(0, SpoolSegment.firstOf(file) - Math.max(damagedFrom, acknowledgedBelow));
      }
      damagedFrom = -1;
      long ageMillis =
          Math.max(0, System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis());
      SpoolSegment segment =
          SpoolSegment.open(file, nowNanos - TimeUnit.MILLISECONDS.toNanos(ageMillis));
      if (segment == null) {
        LOG.warn("Spool file {} has no valid header and is deleted", file);
        Files.delete(file);
        damagedFrom = SpoolSegment.firstOf(file);
        continue;
      }
      if (!segments.isEmpty()) {
        segments.getLast().limitEnd(segment.first());
      }
      segments.addLast(segment);
    }
    repairLast();
    while (!segments.isEmpty() && segments.getFirst().end() <= acknowledgedBelow) {
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
          "Spool file {} ends in {} bytes of an incomplete record, which are truncated",
          last.file(),
          torn);
    }
  }

  /** The index of acknowledged records. */
  SpoolAcknowledgements acknowledgements() {
    return acknowledgements;
  }

  /** The recovered segments, oldest first; the caller owns the list. */
  ArrayDeque<SpoolSegment> segments() {
    return segments;
  }

  /** Records of damaged files before the first valid segment. */
  long damaged() {
    return damaged;
  }

  SpoolSegment create(long first, long nowNanos) throws IOException {
    return SpoolSegment.create(path, first, nowNanos);
  }

  @Override
  public void close() throws IOException {
    acknowledgements.close();
    lockFile.close(); // Releases the lock.
  }
}
