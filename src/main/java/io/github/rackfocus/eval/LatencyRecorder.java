package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.sink.DepthSink;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A sink that records the latency of a node whose camera delivers frames at a fixed rate: from the
 * arrival of a frame to its map in this sink, in total and by stage, corrected for coordinated
 * omission. Thread-safe.
 */
public final class LatencyRecorder implements DepthSink {
  private static final Stage[] STAGES = {Stage.WAIT, Stage.FRAME, Stage.STACK, Stage.FINISH};

  private final LongSupplier nanoClock;
  private final long intervalNanos;
  private final SubjectStats all;
  private SubjectStats window;
  private long maps;
  private long late;
  private long iterations;
  private long windowMaps;
  private long windowLate;
  private long windowIterations;
  private long firstNanos;
  private long lastNanos;

  /**
   * @param rateHz frame rate of the camera
   * @param nanoClock the clock of the frames' arrival times, nanoseconds
   */
  public LatencyRecorder(double rateHz, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.intervalNanos = Math.round(1e9 / rateHz);
    this.all = new SubjectStats(intervalNanos);
    this.window = new SubjectStats(intervalNanos);
  }

  /**
   * Measurements of an interval.
   *
   * @param maps maps received
   * @param p50Millis 50th percentile of the latency
   * @param p95Millis 95th percentile of the latency
   * @param p99Millis 99th percentile of the latency
   * @param iterations mean number of iterations; {@code NaN} without maps
   * @param late maps that missed their deadline
   */
  public record Window(
      long maps,
      double p50Millis,
      double p95Millis,
      double p99Millis,
      double iterations,
      long late) {}

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public synchronized void accept(DepthMap map) {
    DepthInfo info = map.info();
    lastNanos = nanoClock.getAsLong();
    long latency = lastNanos - info.arrivalNanos();
    firstNanos = maps == 0 ? lastNanos : firstNanos;
    maps++;
    windowMaps++;
    late += info.isDeadlineMissed() ? 1 : 0;
    windowLate += info.isDeadlineMissed() ? 1 : 0;
    iterations += info.iterations();
    windowIterations += info.iterations();
    all.recordMap(latency, 0, 0);
    window.recordMap(latency, 0, 0);
    for (Stage stage : STAGES) {
      all.recordStage(stage, info.stageNanos(stage));
    }
  }

  /** Returns the measurements since the last call. */
  public synchronized Window takeWindow() {
    Window taken =
        new Window(
            windowMaps,
            window.millis(50),
            window.millis(95),
            window.millis(99),
            windowMaps == 0 ? Double.NaN : (double) windowIterations / windowMaps,
            windowLate);
    window.clear();
    windowMaps = 0;
    windowLate = 0;
    windowIterations = 0;
    return taken;
  }

  /** Returns a percentile of the latency over the whole run, in milliseconds. */
  public synchronized double millis(double percentile) {
    return all.millis(percentile);
  }

  /** Returns the measurements of the whole run as JSON keys and values. */
  synchronized Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("rateHz", 1e9 / intervalNanos);
    tree.put("maps", maps);
    double seconds = (lastNanos - firstNanos) * 1e-9;
    tree.put("mapsPerSecond", maps < 2 ? 0 : (maps - 1) / seconds);
    tree.put("deadlineMisses", late);
    tree.put("meanIterations", maps == 0 ? 0 : (double) iterations / maps);
    Map<String, Object> latency = all.tree();
    for (String key : new String[] {"p50Millis", "p95Millis", "p99Millis", "p999Millis"}) {
      tree.put(key, latency.get(key));
    }
    tree.put("stages", latency.get("stages"));
    return tree;
  }

  @Override
  public void close() {}
}
