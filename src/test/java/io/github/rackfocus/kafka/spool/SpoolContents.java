package io.github.rackfocus.kafka.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks into a spool that nobody uses, for tests. */
public final class SpoolContents {
  private SpoolContents() {}

  /** CloudEvents ids of what waits, in order. */
  public static List<String> ids(Path folder) throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    try (Spool spool = new Spool(SpoolConfig.in(folder), new LossCounts(), System::nanoTime)) {
      for (Backlog.Entry entry = spool.take(0); entry != null; entry = spool.take(0)) {
        ids.add(entry.record().id());
      }
    }
    return ids;
  }
}
