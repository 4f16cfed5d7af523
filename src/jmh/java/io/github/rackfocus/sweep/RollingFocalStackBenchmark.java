package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.registration.RegistrationMode;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a VGA frame costs in the rolling stack, with motion looked for and without. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RollingFocalStackBenchmark {
  private static final int PLANES = 10;

  @Param({"0", "6"})
  public double motionThreshold;

  private final FramePool pool = new FramePool(3 * PLANES);
  private final FocusReading[] readings = new FocusReading[PLANES];
  private RollingFocalStack rolling;
  private long number;

  @Setup(Level.Trial)
  public void open() {
    double[] focus = new double[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      focus[plane] = 1 + plane;
      readings[plane] = FocusReading.at(focus[plane]);
    }
    rolling =
        new RollingFocalStack(
            new FocusAxis(FocusScale.DIOPTRE, focus),
            new RollingStackConfig(0, false, 1, motionThreshold, RegistrationMode.OFF));
  }

  @TearDown(Level.Trial)
  public void close() {
    rolling.close();
  }

  @Benchmark
  public int frame() {
    int planes = 0;
    try (Frame frame = Objects.requireNonNull(pool.tryLease(640, 480, false))) {
      frame.seal(number * 1_000_000, number, readings[(int) (number % PLANES)]);
      number++;
      rolling.offer(frame);
    }
    try (FocalStack stack = rolling.takeStack()) {
      planes += stack == null ? 0 : stack.planes();
    }
    return planes;
  }
}
