package io.github.rackfocus.camera.simulated;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.Pacer;
import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A simulated camera with a liquid lens in front of a workbench. It has the readings and the faults
 * of a real camera, and the true depth of every frame.
 *
 * <p>Equal configurations give equal bytes. Frame k is exposed around {@code (k + 1/2) / rate} of
 * scene time and stamped {@code startStampNanos + k / rate}; at frame 0 the lens is in steady
 * state. Prerendered frames of one or several sweeps repeat with fresh noise, so that reading a
 * frame is cheap; what moves or drifts then repeats with them, its periods rounded to the loop.
 * {@link Scenario} lists the disturbances that there are. Frames are read by one thread; ground
 * truth by any.
 */
public final class SimulatedCamera implements FrameSource {
  private final SimulatedCameraConfig config;
  private final FramePool pool;
  private final Pacer pacer;
  private final CameraState state;
  private final LensDriver driver;
  private final ThinLensRenderer renderer;
  private final Bloom bloom;
  private final SensorModel sensor;
  private final short @Nullable [][] rendered;
  private final Pfm @Nullable [] truths;
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable LongSupplier stampClock;
  private long startStampNanos;
  private long sequence;

  /**
   * Builds the scene and prerenders the configured sweeps on all processors.
   *
   * @param pool pool to lease frames from
   * @param clock clock for pacing and arrival times
   * @param progress receives the fraction rendered, 0 to 1, from any thread
   * @throws IllegalArgumentException if the prerendered frames would not fit into memory, or the
   *     camera's motion is too strong or too short
   */
  public SimulatedCamera(
      SimulatedCameraConfig config, FramePool pool, SourceClock clock, DoubleConsumer progress) {
    this.config = config;
    this.startStampNanos = config.playback().startStampNanos();
    this.pool = pool;
    this.pacer = new Pacer(clock, config.playback().paced());
    int frames = framesToPrerender(config);
    this.state = new CameraState(config, frames);
    this.driver = new LensDriver(config, state);
    this.renderer = new ThinLensRenderer(config);
    this.bloom = new Bloom(config);
    this.sensor = new SensorModel(config);
    this.rendered = frames == 0 ? null : new short[frames][];
    this.truths = frames == 0 ? null : new Pfm[frames];
    AtomicInteger done = new AtomicInteger();
    IntStream.range(0, frames)
        .parallel()
        .forEach(frame -> {
          prerender(frame);
          progress.accept((double) done.incrementAndGet() / frames);
        });
  }

  /** Creates a camera on the clock of this JVM, without reporting progress. */
  public SimulatedCamera(SimulatedCameraConfig config, FramePool pool) {
    this(config, pool, SourceClock.SYSTEM, share -> {});
  }

  /**
   * Checks that the camera's motion keeps its view on the bench and repeats with its frames.
   *
   * @throws IllegalArgumentException stating what was found and what was expected
   */
  public static void checkMotion(SimulatedCameraConfig config) {
    int sweeps = config.repeatsEverySweep() ? 0 : config.playback().prerenderedSweeps();
    new CameraPath(config, sweeps * config.sweepFrames() / config.format().rateHz());
  }

  @Override
  public String name() {
    return "simulated";
  }

  /**
   * Makes stamps start at the time when the first frame is due instead of the configured start. To
   * be called before the first {@link #next}.
   *
   * @param nowNanos clock of the stamps, nanoseconds
   */
  public void stampFrom(LongSupplier nowNanos) {
    stampClock = nowNanos;
  }

  /** Returns the configuration. */
  public SimulatedCameraConfig config() {
    return config;
  }

  @Override
  public FocusScale scale() {
    return FocusScale.DIOPTRE;
  }

  @Override
  public double[] planeFocus() {
    double[] focus = new double[config.sweep().planes()];
    for (int plane = 0; plane < focus.length; plane++) {
      focus[plane] = config.sweep().focus(plane);
    }
    return focus;
  }

  /** Returns the focal length at the middle of the sweep as a multiple of the image width. */
  public static double focalWidths() {
    return ThinLensRenderer.FOCAL_WIDTHS;
  }

  /** Returns the period of the sweep in frames. */
  public int sweepFrames() {
    return config.sweepFrames();
  }

  /**
   * Returns the true depth of a frame, at its magnification and time and from its place; with a
   * rolling shutter, at those of each row.
   *
   * @return metres along the optical axis; may be shared, do not modify
   */
  public Pfm groundTruth(long sequenceNumber) {
    return truths == null
        ? truth(sequenceNumber)
        : truths[(int) Math.floorMod(sequenceNumber, (long) truths.length)];
  }

  /**
   * Returns the true focus of a frame at mid-exposure of the middle of the image, in dioptres. A
   * reading may differ from it, see {@link LensReadingsConfig} and {@link TemperatureConfig}.
   */
  public double trueFocus(long sequenceNumber) {
    return state.exposure(sequenceNumber, (config.format().height() - 1) / 2.0).middle();
  }

  /** Returns how points of one frame's image lie in another frame's image. */
  public TrueWarp trueWarp(long fromSequence, long toSequence) {
    return new TrueWarp(config, state, fromSequence, toSequence);
  }

  @Override
  public @Nullable Frame next() throws InterruptedException {
    while (true) {
      long number = sequence;
      if (!pacer.awaitDue(dueNanos(number))) {
        return null;
      }
      if (stampClock != null) {
        startStampNanos = stampClock.getAsLong() - dueNanos(number);
        stampClock = null;
      }
      SeededRandom random = new SeededRandom(config.scene().seed(), 4, number);
      if (random.next() < config.sensor().dropProbability()) {
        sequence++;
        dropped.incrementAndGet();
        continue;
      }
      Frame frame = pacer.lease(pool, config.format().width(), config.format().height(), false);
      if (frame == null && pacer.isClosed()) {
        return null;
      }
      sequence++;
      if (frame != null) {
        return fill(frame, number, random);
      }
      dropped.incrementAndGet();
    }
  }

  @Override
  public long dropped() {
    return dropped.get();
  }

  @Override
  public void close() {
    pacer.close();
  }

  private Frame fill(Frame frame, long number, SeededRandom random) {
    short[] base = rendered == null ? render(number) : rendered[(int) (number % rendered.length)];
    sensor.expose(base, number, frame.luma());
    double jitter =
        Math.max(
            -0.4 / config.format().rateHz(),
            Math.min(
                0.4 / config.format().rateHz(),
                random.gaussian() * config.sensor().stampJitterSeconds()));
    long stamp = Math.max(0, startStampNanos + dueNanos(number) + Math.round(jitter * 1e9));
    double readingError = random.gaussian() * config.sensor().readingNoiseDioptres();
    frame.seal(stamp, number, driver.read(number, readingError), pacer.nanoTime());
    return frame;
  }

  private void prerender(int frame) {
    short[][] bases = rendered;
    Pfm[] maps = truths;
    if (bases != null && maps != null) {
      bases[frame] = render(frame);
      maps[frame] = truth(frame);
    }
  }

  private short[] render(long number) {
    Capture capture = state.capture(number, renderer.margin());
    return sensor.base(bloom.spread(renderer.render(capture)));
  }

  private Pfm truth(long number) {
    return new Pfm(
        config.format().width(),
        config.format().height(),
        renderer.depth(state.capture(number, 0)));
  }

  private long dueNanos(long number) {
    return Math.round(number * 1e9 / config.format().rateHz());
  }

  private static int framesToPrerender(SimulatedCameraConfig config) {
    int sweeps =
        config.repeatsEverySweep()
            ? Math.min(1, config.playback().prerenderedSweeps())
            : config.playback().prerenderedSweeps();
    long frames = (long) sweeps * config.sweepFrames();
    long bytes =
        frames * config.format().width() * config.format().height() * (Short.BYTES + Float.BYTES);
    long limit = Runtime.getRuntime().maxMemory() / 2;
    if (bytes > limit) {
      throw new IllegalArgumentException(
          "prerenderedSweeps is "
              + config.playback().prerenderedSweeps()
              + ", which takes "
              + (bytes >> 20)
              + " MB; expected at most "
              + (limit >> 20)
              + " MB, or 0 to render each frame on demand");
    }
    return (int) frames;
  }
}
