package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Configures inference; start from {@link #DEFAULTS}.
 *
 * @param device where inference runs
 * @param threads per map; 0 for one per processor that the JVM sees
 * @param spinning whether threads busy-wait for their next task within a run; faster on an idle
 *     machine, costly on a shared one
 * @param arena whether ONNX Runtime keeps memory between runs
 * @param memoryPattern whether it plans one block for all intermediate tensors of a run
 * @param optimisation how far graphs are optimised at load time
 * @param form which graphs run
 * @param precision arithmetic on a CPU
 * @param planeCache what the rolling form recomputes of the stack stage
 * @param gpu how a GPU is used, if there is one
 */
@RecordBuilder
public record OnnxConfig(
    Device device,
    int threads,
    boolean spinning,
    boolean arena,
    boolean memoryPattern,
    Optimisation optimisation,
    Form form,
    Precision precision,
    PlaneCache planeCache,
    GpuConfig gpu)
    implements OnnxConfigBuilder.With {

  /**
   * All processors of the CPU and ONNX Runtime's own defaults, except for spinning: on a machine
   * with other load, such as a robot, two spinning threads took 2 to 10 times as long per map as
   * two that sleep (640 x 480, 10 planes, load average 6 to 10 on two cores).
   */
  public static final OnnxConfig DEFAULTS =
      new OnnxConfig(
          Device.CPU,
          0,
          false,
          true,
          true,
          Optimisation.ALL,
          Form.AUTO,
          Precision.FP32,
          PlaneCache.NEIGHBOURS,
          GpuConfig.DEFAULTS);

  private static final int MAX_THREADS = 256;

  /** How far graphs are optimised at load time. */
  public enum Optimisation {
    /** Not at all. */
    NONE(OptLevel.NO_OPT),
    /** Rewrites that keep every value the same. */
    BASIC(OptLevel.BASIC_OPT),
    /** Also fused nodes. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Also blocked memory layouts. */
    ALL(OptLevel.ALL_OPT);

    final OptLevel level;

    Optimisation(OptLevel level) {
      this.level = level;
    }

    /** Parses {@code none}, {@code basic}, {@code extended} or {@code all}. */
    public static Optimisation parse(String text) {
      return choice(Optimisation.class, "graph optimisation", text);
    }
  }

  /** Which form of a model runs. */
  public enum Form {
    /**
     * Rolling on the CPU, where features stay in memory that the next stage reads; full on a GPU,
     * where every tensor crosses the host.
     */
    AUTO,
    /** An image's features are computed once and kept while its frame is in the stack. */
    ROLLING,
    /** Everything is computed for every map, in one graph. */
    FULL
  }

  /** The arithmetic of the graphs on a CPU. */
  public enum Precision {
    /**
     * 8 bits if the bundle has such a graph for the iterations, which it has where it is faster.
     */
    AUTO,
    /** 32-bit floating point. */
    FP32,
    /** 8-bit activations and weights; an error if the bundle has none. */
    INT8;

    /** Parses {@code auto}, {@code fp32} or {@code int8}. */
    public static Precision parse(String text) {
      return choice(Precision.class, "precision", text);
    }
  }

  /**
   * What the rolling form recomputes of the stack stage for a new frame, on a CPU and where the
   * model has its stack stage in parts. Where it has not, everything.
   */
  public enum PlaneCache {
    /** Everything. */
    OFF,
    /** The new frame's plane: fastest, but what changes in the scene is forgotten slowly. */
    PLANE,
    /** The new frame's plane and the planes next to it. */
    NEIGHBOURS
  }

  public OnnxConfig {
    if (threads < 0 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads is " + threads + "; expected 0 (one per processor) to " + MAX_THREADS);
    }
  }

  /** Returns the number of threads, with 0 resolved. */
  int resolvedThreads() {
    // Unlike the JVM, ONNX Runtime ignores a container's limits when it counts processors.
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private static <E extends Enum<E>> E choice(Class<E> type, String what, String text) {
    for (E value : type.getEnumConstants()) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    String all =
        Arrays.stream(type.getEnumConstants())
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(what + " is " + text + "; expected one of " + all);
  }
}
