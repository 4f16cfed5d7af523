package io.github.rackfocus.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
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

/** What a frame's luma costs on its way into the model's tensor. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlanePaddingBenchmark {
  private static final int HEIGHT = 480;

  /** 640 needs no padding, 630 does. */
  @Param({"640", "630"})
  public int width;

  private PlanePadding padding;
  private PlanePadding.Scratch scratch;
  private ByteBuffer luma;
  private FloatBuffer into;

  @Setup(Level.Trial)
  public void fill() {
    padding = new PlanePadding(HEIGHT, width, HEIGHT, 640);
    scratch = padding.scratch();
    luma = ByteBuffer.allocateDirect(width * HEIGHT);
    into = DirectBuffers.floats("luma", 640L * HEIGHT);
    for (int i = 0; i < luma.capacity(); i++) {
      luma.put(i, (byte) (i * 31));
    }
  }

  @Benchmark
  public float write() {
    padding.write(luma, into, 0, scratch);
    return into.get(7);
  }
}
