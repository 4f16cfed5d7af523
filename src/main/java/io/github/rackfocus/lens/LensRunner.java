package io.github.rackfocus.lens;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.common.RateLimitedLogger;
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

  /** As for lens readings: other temperatures are none. */
  private static final float MIN_CELSIUS = -100;

  private static final float MAX_CELSIUS = 200;

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
  private final long mostSpanNanos;
  private final double jumpDioptres;
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final Runnable onFailure;
  private @Nullable LensRange range;
  private double commanded = Double.NaN;
  private long jumpedNanos;
  private float celsius = Float.NaN;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long nextTick;
  private String lastFault = "";
  private volatile String status = "not connected yet";
  private volatile boolean connected;
  private volatile boolean failed;
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * @param driver closed by this runner
   * @param law from lens power to focus; unused if the device is told focus
   * @param phaseSeconds see {@link LensSweep}
   * @param clock time of the stamps, nanoseconds
   * @param readings takes every reading, on the runner's thread. One without power and focus says
   *     that the focus is unknown from its stamp on
   * @param onFailure called on the runner's thread if it cannot go on
   * @throws IllegalArgumentException if the motion is not a valid one
   */
  public LensRunner(
      LensDriver driver,
      LensDeviceConfig config,
      FocusAxis axis,
      MatchingConfig law,
      double phaseSeconds,
      LongSupplier clock,
      Consumer<LensReading> readings,
      Runnable onFailure) {
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
    this.onFailure = onFailure;
    // Within half the time of a plane, the focus of a moving lens is known to a quarter of one.
    this.mostSpanNanos = Math.round(0.5e9 / motion.rateHz());
    this.jumpDioptres = (axis.nearest() - axis.farthest()) / (axis.planes() - 1) / 2;
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

  /** Whether the runner has ended because it could not go on. */
  public boolean hasFailed() {
    return failed;
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
      failed = true;
      LOG.error("{} failed: {}", driver.name(), ErrorMessages.of(cause), cause);
      onFailure.run();
    }

    @Override
    public void onEnd() {
      try {
        park();
      } finally {
        connected = false;
        driver.close();
      }
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
    celsius = plausible(driver.read().celsius());
    for (int plane = 0; plane < axis.planes(); plane++) {
      double up = law.command(axis.focus(plane), celsius, 1);
      double down = law.command(axis.focus(plane), celsius, -1);
      double value = allowed.contains(up) ? down : up;
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
    nextTick = System.nanoTime();
    return allowed;
  }

  private static String text(LensRange range) {
    return String.format(Locale.ROOT, "%.2f to %.2f dioptres", range.min(), range.max());
  }

  private void tick(LensRange allowed) throws LensException, InterruptedException {
    long stamp = clock.getAsLong();
    LensSweep.Command command = sweep.at(stamp);
    double wanted = law.command(command.focus(), celsius, command.direction());
    if (!Double.isFinite(wanted)) {
      throw new LensException(
          driver.name() + " cannot be told " + wanted + " dioptres; expected a finite number");
    }
    double value = allowed.clamp(wanted);
    if (Math.abs(value - wanted) > RESOLUTION) {
      warnings.warn(
          "{}: plane {} needs {} dioptres now; the lens takes {} and stays there",
          driver.name(),
          command.plane(),
          NumberFormats.of(wanted),
          text(allowed));
    }
    if (!(Math.abs(value - commanded) < RESOLUTION)) {
      set(value, stamp, command);
    }
    LensSample sample = driver.read();
    long sampledNanos = System.nanoTime() - sample.spanNanos() / 2;
    celsius = Float.isNaN(plausible(sample.celsius())) ? celsius : sample.celsius();
    if (!connected) {
      begun(allowed);
    }
    if (!Double.isNaN(sample.dioptres())) {
      readings.accept(reading(sample, sampledNanos));
    }
  }

  /**
   * Commands a value. A jump begins with an unsettled reading, and the lens has to settle again.
   */
  private void set(double value, long stamp, LensSweep.Command command)
      throws LensException, InterruptedException {
    boolean jumps = !(Math.abs(value - commanded) < jumpDioptres);
    if (jumps && !Double.isNaN(commanded)) {
      // The reading before held until now; a frame that is exposed from here on is of no plane.
      readings.accept(reading(stamp, commanded, celsius, false, command, 0));
    }
    driver.set(value);
    commanded = value;
    if (jumps) {
      jumpedNanos = System.nanoTime();
    }
  }

  private void begun(LensRange allowed) {
    connected = true;
    retryNanos = FIRST_RETRY_NANOS;
    lastFault = "";
    status = driver.name() + " sweeps, from " + text(allowed);
    LOG.info("{} is connected and takes {}", driver.name(), text(allowed));
  }

  private static float plausible(float celsius) {
    return celsius >= MIN_CELSIUS && celsius <= MAX_CELSIUS ? celsius : Float.NaN;
  }

  private LensReading reading(LensSample sample, long sampledNanos) {
    // What was wanted when the lens was read, not when it was commanded.
    LensSweep.Command then = sweep.at(sample.stampNanos());
    double focus = law.focus(sample, then.direction());
    boolean fliesBack = then.direction() < 0 && config.motion().pattern() == LensSweep.Pattern.SAW;
    boolean there =
        then.direction() == 0
            ? Math.abs(focus - then.focus()) <= config.motion().tolerance()
            : !fliesBack;
    boolean hadTime =
        Math.min(then.heldNanos(), sampledNanos - jumpedNanos) >= settleNanos
            && sample.spanNanos() <= mostSpanNanos;
    return reading(
        sample.stampNanos(), sample.dioptres(), celsius, there && hadTime, then, then.direction());
  }

  private LensReading reading(
      long stamp,
      double value,
      float temperature,
      boolean settled,
      LensSweep.Command at,
      int direction) {
    return new LensReading(
        stamp,
        law.isFocus() ? Double.NaN : value,
        law.isFocus() ? value : Double.NaN,
        temperature,
        settled,
        at.sweepId(),
        at.plane(),
        direction);
  }

  /** Says that from now on nobody knows where the lens is. */
  private void tellUnknown() {
    long now = clock.getAsLong();
    readings.accept(reading(now, Double.NaN, Float.NaN, false, sweep.at(now), 0));
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
    if (connected) {
      tellUnknown();
    }
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
    if (connected) {
      tellUnknown();
    }
    if (config.park() == LensDeviceConfig.Park.STAY) {
      return;
    }
    if (allowed == null) {
      LOG.warn("{} is not parked: it is not connected", driver.name());
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
