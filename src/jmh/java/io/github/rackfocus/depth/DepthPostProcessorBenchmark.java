package io.github.rackfocus.depth;

import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
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

/** What metres and reasons cost of a VGA map. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DepthPostProcessorBenchmark {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int PLANES = 10;

  /** Share of the pixels that are not confident, which costs a look at the texture. */
  @Param({"0", "30"})
  public int doubtfulPercent;

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(1);
  private final DepthPostProcessor metric = new DepthPostProcessor(ValidityThresholds.DEFAULTS);
  private FocalStack stack;
  private DepthMap map;

  /** A stack of a textured ramp and a map as a good model gives it. */
  @Setup(Level.Trial)
  public void fill() {
    stack = SyntheticStack.stack(frames, WIDTH, HEIGHT, PLANES);
    map = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT));
    for (int i = 0; i < map.pixels(); i++) {
      map.position().put(i, i % WIDTH / (WIDTH - 1f));
      map.error().put(i, 0.01f);
      map.confidence().put(i, i / 97 % 100 < doubtfulPercent ? 0.1f : 0.8f);
      map.allFocus().put(i, (stack.frame(3).luma().get(i) & 0xff) / 255f);
    }
  }

  @TearDown(Level.Trial)
  public void giveBack() {
    map.close();
    stack.close();
  }

  @Benchmark
  public int finish() {
    metric.finish(stack, map);
    return map.info().count(Validity.VALID);
  }
}
