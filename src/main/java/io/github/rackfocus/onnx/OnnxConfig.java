package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How inference runs; {@link #DEFAULT} and the {@code with} methods make one.
 *
 * @param device where
 * @param threads that compute one map, 0 for as many as the JVM sees processors
 * @param spinning whether threads wait for their next piece of work busily within a run; faster on
 *     an idle machine, costly on a shared one
 * @param arena whether ONNX Runtime keeps memory between runs
 * @param memoryPattern whether it plans one block for all intermediate tensors of a run
 * @param optimisation of graphs when they are loaded
 * @param form which graphs
 * @param precision of the arithmetic on a CPU
 * @param gpu how a GPU is used, where one is
 */
public record OnnxConfig(
    Device device,
    int threads,
    boolean spinning,
    boolean arena,
    boolean memoryPattern,
    Optimisation optimisation,
    Form form,
    Precision precision,
    GpuConfig gpu) {

  /**
   * The CPU, all of its processors, and ONNX Runtime's own defaults but for spinning: where other
   * work runs too, as on a robot, two spinning threads took 2 to 10 times as long for a map as two
   * that sleep (640 x 480, 10 planes, load average 6 to 10 on two cores).
   */
  public static final OnnxConfig DEFAULT =
      new OnnxConfig(
          Device.CPU,
          0,
          false,
          true,
          true,
          Optimisation.ALL,
          Form.AUTO,
          Precision.FP32,
          GpuConfig.DEFAULT);

  private static final int MAX_THREADS = 256;

  /** How far graphs are rewritten when they are loaded. */
  public enum Optimisation {
    /** Not at all. */
    NONE(OptLevel.NO_OPT),
    /** What keeps every value the same. */
    BASIC(OptLevel.BASIC_OPT),
    /** Fused nodes too. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Blocked memory layouts too. */
    ALL(OptLevel.ALL_OPT);

    final OptLevel level;

    Optimisation(OptLevel level) {
      this.level = level;
    }

    /** Reads {@code none}, {@code basic}, {@code extended} or {@code all}. */
    public static Optimisation parse(String text) {
      return choice(Optimisation.class, "graph optimisation", text);
    }
  }

  /** Which form of a model runs. */
  public enum Form {
    /**
     * Rolling where features stay in memory that the next stage reads, which is the CPU; full on a
     * GPU, where every tensor crosses the host.
     */
    AUTO,
    /** An image's features are computed once and kept while its frame is in the stack. */
    ROLLING,
    /** Everything is computed for every map, in one graph. */
    FULL;

    /** Reads {@code auto}, {@code rolling} or {@code full}. */
    public static Form parse(String text) {
      return choice(Form.class, "form", text);
    }
  }

  /** In what arithmetic the graphs compute on a CPU. */
  public enum Precision {
    /**
     * 8 bits where the bundle has such a graph for the iterations, which it has where that pays.
     */
    AUTO,
    /** 32-bit floating point. */
    FP32,
    /** 8-bit activations and weights, or an error that lists what the bundle has. */
    INT8;

    /** Reads {@code auto}, {@code fp32} or {@code int8}. */
    public static Precision parse(String text) {
      return choice(Precision.class, "precision", text);
    }
  }

  public OnnxConfig {
    if (threads < 0 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads is " + threads + "; expected 0 (as many as processors) to " + MAX_THREADS);
    }
  }

  /** The same on another device. */
  public OnnxConfig withDevice(Device device) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same with another number of threads, 0 for as many as there are processors. */
  public OnnxConfig withThreads(int threads) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same, waiting busily or not. */
  public OnnxConfig withSpinning(boolean spinning) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same, keeping memory between runs or not. */
  public OnnxConfig withArena(boolean arena) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same, planning memory or not. */
  public OnnxConfig withMemoryPattern(boolean memoryPattern) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same with another optimisation of graphs. */
  public OnnxConfig withOptimisation(Optimisation optimisation) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same in another form. */
  public OnnxConfig withForm(Form form) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same in another precision. */
  public OnnxConfig withPrecision(Precision precision) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** The same with another use of a GPU. */
  public OnnxConfig withGpu(GpuConfig gpu) {
    return new OnnxConfig(
        device, threads, spinning, arena, memoryPattern, optimisation, form, precision, gpu);
  }

  /** Threads that compute, with 0 resolved. */
  int resolvedThreads() {
    // ONNX Runtime's own count knows nothing of a container's limits; the JVM's does.
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  static <E extends Enum<E>> E choice(Class<E> type, String what, String text) {
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
