package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A sink that writes each depth map to a folder of its own with {@link MapFolder}.
 *
 * <p>With {@code every} above 1, it keeps a lease on the newest unwritten map in order to write the
 * last map at close, so one map of the pool is always in use. Not thread-safe.
 */
public final class FileSink implements DepthSink {
  private final FileSinkConfig config;
  private final MapFolder writer = new MapFolder();
  private final ArrayDeque<Path> kept = new ArrayDeque<>();
  private @Nullable DepthMap unwritten;
  private @Nullable Path newestFolder;
  private long accepted;
  private volatile long lost;

  /**
   * @throws IOException if the folder is not writable; the message names it and the reason
   */
  public FileSink(FileSinkConfig config) throws IOException {
    this.config = config;
    MapFolder.checkWritable(config.folder());
  }

  @Override
  public String name() {
    return "files";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public boolean wantsColour() {
    return true;
  }

  @Override
  public void accept(DepthMap map) throws IOException {
    releaseUnwritten();
    if (accepted++ % config.every() == 0) {
      write(map);
    } else {
      unwritten = map.retain();
    }
  }

  /** Returns the folder of the newest map written, null before the first. */
  public @Nullable Path newestFolder() {
    return newestFolder;
  }

  /** Returns 1 if the last map, kept until the end, could not be written then. */
  @Override
  public long lost() {
    return lost;
  }

  @Override
  public void close() throws IOException {
    DepthMap last = unwritten;
    if (last != null) {
      try {
        write(last);
      } catch (IOException | RuntimeException e) {
        lost = 1;
        throw e;
      } finally {
        releaseUnwritten();
      }
    }
  }

  private void releaseUnwritten() {
    DepthMap held = unwritten;
    unwritten = null;
    if (held != null) {
      held.close();
    }
  }

  private void write(DepthMap map) throws IOException {
    Path folder = config.folder().resolve(nameOf(map.info().sequence()));
    try {
      writer.write(map, folder);
    } catch (IOException e) {
      try {
        MapFolder.delete(folder);
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw e;
    }
    newestFolder = folder;
    // A source that restarts overwrites its earlier maps, which then count once.
    kept.remove(folder);
    kept.addLast(folder);
    while (config.keepLast() > 0 && kept.size() > config.keepLast()) {
      MapFolder.delete(kept.removeFirst());
    }
  }

  static String nameOf(long sequence) {
    return String.format(Locale.ROOT, "map-%08d", sequence);
  }
}
