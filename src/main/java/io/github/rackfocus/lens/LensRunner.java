package io.github.rackfocus.lens;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.MatchingConfig;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a lens through its sweep and reads it, on a thread of its own. A device that is absent or
 * unplugged is tried again until it is there; the sweep then continues by the clock. When the
 * runner is closed the lens is parked. Thread-safe.
 */
public final class LensRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LensRunner.class);
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CLOSE_SECONDS = 5;

  private static final int MAX_TICKS_BEHIND = 10;

  /** Values closer than this are the same command: less than half a step of any device. */
  private static final double RESOLUTION = 0.001;

  private final LensDriver driver;
  private final LensDeviceConfig config;
  private final LensSweep sweep;
  private final FocusAxis axis;
  private final LensLaw law;
  private final LongSupplier clock;
  private final Consumer<LensReading> readings;
  private final StageRunner runner;
  private final long tickNanos;
  private final long settleNanos;
  private @Nullable LensRange range;
  private double commanded = Double.NaN;
  private float celsius = Float.NaN;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long nextTick;
  private String lastFault = "";
  private volatile String status = "not connected yet";
  private volatile boolean connected;
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * @param driver closed by this runner
   * @param law from lens power to focus; unused if the device is told focus
   * @param phaseSeconds see {@link LensSweep}
   * @param clock time of the stamps, nanoseconds
   * @param readings takes every reading, on the runner's thread
   * @throws IllegalArgumentException if the motion is not a valid one
   */
  public LensRunner(
      LensDriver driver,
      LensDeviceConfig config,
      FocusAxis axis,
      MatchingConfig law,
      double phaseSeconds,
      LongSupplier clock,
      Consumer<LensReading> readings) {
    LensDeviceConfig.Motion motion = config.motion();
    this.driver = driver;
    this.config = config;
    this.axis = axis;
    this.sweep =
        new LensSweep(motion.pattern(), axis, motion.rateHz(), phaseSeconds, motion.dwellSeconds());
    this.law = new LensLaw(law, driver.isFocus());
    this.clock = clock;
    this.readings = readings;
    this.tickNanos = Math.round(1e9 / motion.readRateHz());
    this.settleNanos = Math.round(1e9 * motion.settleSeconds());
    this.runner = StageRunner.daemon("lens", new Loop());
  }

  /** Starts moving the lens, as soon as it is connected. To be called once. */
  public void start() {
    runner.start();
  }

  /** Whether the device answers. */
  public boolean isConnected() {
    return connected;
  }

  /** What the device does, or what is wrong with it, in one sentence. */
  public String status() {
    return status;
  }

  /** Stops the sweep, parks the lens and disconnects; waits at most five seconds for that. */
  @Override
  public void close() {
    stop.countDown();
    if (!runner.joinOrInterrupt(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("{} did not answer for {} s; its lens is not parked", driver.name(), CLOSE_SECONDS);
    }
  }

  private final class Loop implements StageRunner.Stage {
    @Override
    public boolean doWork() throws InterruptedException {
      try {
        LensRange now = range;
        if (now == null) {
          now = connect();
          range = now;
        }
        tick(now);
        return pace();
      } catch (LensException e) {
        return disconnected(e);
      }
    }

    @Override
    public void onError(Throwable cause) {
      status = "failed: " + ErrorMessages.of(cause);
      LOG.error("{} failed: {}", driver.name(), ErrorMessages.of(cause), cause);
    }

    @Override
    public void onEnd() {
      park();
      connected = false;
      driver.close();
    }
  }

  private LensRange connect() throws LensException, InterruptedException {
    LensRange device = driver.connect();
    LensRange allowed = device.and(config.limits());
    if (allowed == null) {
      throw new LensException(
          driver.name() + " takes " + text(device) + "; the limits are " + text(config.limits()));
    }
    commanded = Double.NaN;
    celsius = driver.read().celsius();
    for (int plane = 0; plane < axis.planes(); plane++) {
      double value = law.command(axis.focus(plane), celsius, 0);
      if (!allowed.contains(value)) {
        throw new LensException(
            String.format(
                Locale.ROOT,
                "plane %d at %.3f dioptres of focus needs %.3f dioptres of %s; %s takes %s",
                plane,
                axis.focus(plane),
                value,
                driver.name(),
                device.and(config.limits()) == device ? "it" : "within the limits it",
                text(allowed)));
      }
    }
    connected = true;
    retryNanos = FIRST_RETRY_NANOS;
    lastFault = "";
    nextTick = System.nanoTime();
    status = driver.name() + " sweeps, from " + text(allowed);
    LOG.info("{} is connected and takes {}", driver.name(), text(allowed));
    return allowed;
  }

  private static String text(LensRange range) {
    return String.format(Locale.ROOT, "%.2f to %.2f dioptres", range.min(), range.max());
  }

  private void tick(LensRange allowed) throws LensException, InterruptedException {
    LensSweep.Command command = sweep.at(clock.getAsLong());
    double value = allowed.clamp(law.command(command.focus(), celsius, command.direction()));
    if (!(Math.abs(value - commanded) < RESOLUTION)) {
      driver.set(value);
      commanded = value;
    }
    long before = clock.getAsLong();
    LensSample sample = driver.read();
    long stamp = before + (clock.getAsLong() - before) / 2;
    celsius = sample.celsius();
    if (Double.isNaN(sample.dioptres())) {
      return;
    }
    readings.accept(reading(stamp, sample));
  }

  private LensReading reading(long stamp, LensSample sample) {
    // What was wanted when the lens was read, not when it was commanded.
    LensSweep.Command then = sweep.at(stamp);
    double focus = law.focus(sample, then.direction());
    boolean there =
        then.direction() != 0 || Math.abs(focus - then.focus()) <= config.motion().tolerance();
    return new LensReading(
        stamp,
        law.isFocus() ? Double.NaN : sample.dioptres(),
        law.isFocus() ? focus : Double.NaN,
        sample.celsius(),
        there && then.heldNanos() >= settleNanos,
        then.sweepId(),
        then.plane(),
        then.direction());
  }

  /** Waits for the next tick; returns false if the runner is closed. */
  private boolean pace() throws InterruptedException {
    nextTick += tickNanos;
    long left = nextTick - System.nanoTime();
    if (left < -MAX_TICKS_BEHIND * tickNanos) {
      // Far behind, as after a suspension: go on from now instead of hurrying after.
      nextTick = System.nanoTime();
    }
    return sleep(left);
  }

  private boolean disconnected(LensException e) throws InterruptedException {
    connected = false;
    range = null;
    driver.close();
    status = ErrorMessages.of(e);
    if (!status.equals(lastFault)) {
      LOG.warn("{}; trying again until it is there", status);
      lastFault = status;
    }
    long pause = retryNanos;
    retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
    return sleep(pause);
  }

  private boolean sleep(long nanos) throws InterruptedException {
    return !stop.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  private void park() {
    LensRange allowed = range;
    if (allowed == null || config.park() == LensDeviceConfig.Park.STAY) {
      return;
    }
    double focus = config.park() == LensDeviceConfig.Park.FARTHEST ? axis.farthest() : 0;
    try {
      driver.set(allowed.clamp(law.command(focus, celsius, 0)));
      LOG.info("{} is parked", driver.name());
    } catch (LensException e) {
      LOG.warn("the lens is not parked: {}", ErrorMessages.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
