package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes depth maps to folders, each by {@link MapFolder}. With {@code every} above 1 it holds a
 * lease on the newest map it has not written, so that the last one can be written at close: one map
 * of the pool is then always out. For one thread.
 */
public final class FileSink implements DepthSink {
  private final FileSinkConfig options;
  private final MapFolder writer = new MapFolder();
  private final ArrayDeque<Path> kept = new ArrayDeque<>();
  private @Nullable DepthMap unwritten;
  private @Nullable Path newest;
  private long accepted;
  private long written;

  /**
   * @throws IOException if the folder can't be written, naming it and the reason
   */
  public FileSink(FileSinkConfig options) throws IOException {
    this.options = options;
    MapFolder.checkWritable(options.folder());
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
  public void accept(DepthMap map) throws IOException {
    letGo();
    if (accepted++ % options.every() == 0) {
      write(map);
    } else {
      unwritten = map.retain();
    }
  }

  /** Folders written so far. */
  public long written() {
    return written;
  }

  /** The folder of the newest map written, null before the first. */
  public @Nullable Path newestFolder() {
    return newest;
  }

  @Override
  public void close() throws IOException {
    DepthMap last = unwritten;
    if (last != null) {
      try {
        write(last);
      } finally {
        letGo();
      }
    }
  }

  private void letGo() {
    DepthMap held = unwritten;
    unwritten = null;
    if (held != null) {
      held.close();
    }
  }

  private void write(DepthMap map) throws IOException {
    Path folder = options.folder().resolve(nameOf(map.info().sequence()));
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
    written++;
    newest = folder;
    // A source that starts again writes over its earlier maps, which then count once.
    kept.remove(folder);
    kept.addLast(folder);
    while (options.keepLast() > 0 && kept.size() > options.keepLast()) {
      MapFolder.delete(kept.removeFirst());
    }
  }

  static String nameOf(long sequence) {
    return String.format(Locale.ROOT, "map-%08d", sequence);
  }
}
