package io.github.rackfocus.cli;

import io.github.rackfocus.sink.SinkCounters;
import java.io.PrintWriter;
import java.util.List;

/** Tells at the end of a run which sinks did not get their maps. */
final class Deliveries {
  private Deliveries() {}

  /**
   * Prints a sentence for each sink that did not deliver every map of a recording.
   *
   * @return whether all maps were delivered
   */
  static boolean isComplete(List<SinkCounters> sinks, PrintWriter err) {
    boolean complete = true;
    for (SinkCounters sink : sinks) {
      // A recording drops no map for a newer one: what was not delivered failed, was left when a
      // sink gave up, or was in work when it was interrupted.
      complete &= isDelivered(sink, sink.offered() - sink.delivered() + sink.lost(), err);
    }
    return complete;
  }

  /**
   * Prints a sentence for each sink that failed to deliver maps of a live camera.
   *
   * @return whether no sink failed to deliver any
   */
  static boolean isWithoutFailure(List<SinkCounters> sinks, PrintWriter err) {
    boolean whole = true;
    for (SinkCounters sink : sinks) {
      whole &= isDelivered(sink, missing(sink), err);
    }
    return whole;
  }

  /** Returns whether some sink was offered maps and failed to deliver each of them. */
  static boolean isAllLost(List<SinkCounters> sinks) {
    return sinks.stream().anyMatch(sink -> missing(sink) > 0 && sink.delivered() <= sink.lost());
  }

  private static long missing(SinkCounters sink) {
    return sink.failed() + sink.lost();
  }

  private static boolean isDelivered(SinkCounters sink, long missing, PrintWriter err) {
    if (missing > 0) {
      err.println(
          "to "
              + sink.sink()
              + ": "
              + missing
              + " of "
              + sink.offered()
              + " maps were not delivered; the log says why");
      err.flush();
    }
    return missing == 0;
  }
}
