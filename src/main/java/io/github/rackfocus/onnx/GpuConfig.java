package io.github.rackfocus.onnx;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a GPU is used. ONNX Runtime takes any key and any text for these and finds out late or never,
 * so they are typed and checked here.
 *
 * @param memoryLimitMebibytes most that each session's arena may take; 0: all there is
 * @param cudnnSearch how a convolution's algorithm is chosen when a new size comes
 * @param tf32 whether 19-bit multiplication is allowed; faster, and the golden vectors then differ
 *     by more than fp32's tolerance
 * @param fp16 whether TensorRT may compute in half precision; CUDA runs the graphs as they are
 * @param engineCache folder where TensorRT keeps its engines between starts, or null: built anew
 *     (minutes) at every start
 */
public record GpuConfig(
    int memoryLimitMebibytes,
    CudnnSearch cudnnSearch,
    boolean tf32,
    boolean fp16,
    @Nullable Path engineCache) {

  /** How cuDNN chooses an algorithm. */
  public enum CudnnSearch {
    /** The default one, at no cost. */
    DEFAULT,
    /** By its rules. */
    HEURISTIC,
    /** By trying all, once for every size; slow first maps, fastest after. */
    EXHAUSTIVE;

    /** Reads {@code default}, {@code heuristic} or {@code exhaustive}. */
    public static CudnnSearch parse(String text) {
      return OnnxConfig.choice(CudnnSearch.class, "cuDNN search", text);
    }
  }

  /**
   * All memory, cuDNN's rules, fp32 to the last bit, no cache. The heuristic search makes sizes
   * cheap that come once, and its choice does not depend on what else the GPU does at the start.
   */
  public static final GpuConfig DEFAULT =
      new GpuConfig(0, CudnnSearch.HEURISTIC, false, false, null);

  /** Enough for a GPU of today; a guard against a number of bytes given as mebibytes. */
  private static final int MAX_MEBIBYTES = 1 << 20;

  private static final int LEAST_MEBIBYTES = 64;

  public GpuConfig {
    if (memoryLimitMebibytes != 0
        && (memoryLimitMebibytes < LEAST_MEBIBYTES || memoryLimitMebibytes > MAX_MEBIBYTES)) {
      throw new IllegalArgumentException(
          "GPU memory limit is "
              + memoryLimitMebibytes
              + " MiB; expected 0 (none) or "
              + LEAST_MEBIBYTES
              + " to "
              + MAX_MEBIBYTES);
    }
  }

  /** The same with another limit of memory, 0 for none. */
  public GpuConfig withMemoryLimit(int mebibytes) {
    return new GpuConfig(mebibytes, cudnnSearch, tf32, fp16, engineCache);
  }

  /** The same with another search. */
  public GpuConfig withCudnnSearch(CudnnSearch search) {
    return new GpuConfig(memoryLimitMebibytes, search, tf32, fp16, engineCache);
  }

  /** The same, with TF32 or without. */
  public GpuConfig withTf32(boolean tf32) {
    return new GpuConfig(memoryLimitMebibytes, cudnnSearch, tf32, fp16, engineCache);
  }

  /** The same, in half precision or not. */
  public GpuConfig withFp16(boolean fp16) {
    return new GpuConfig(memoryLimitMebibytes, cudnnSearch, tf32, fp16, engineCache);
  }

  /** The same with another folder for engines, or none. */
  public GpuConfig withEngineCache(@Nullable Path folder) {
    return new GpuConfig(memoryLimitMebibytes, cudnnSearch, tf32, fp16, folder);
  }

  /** Whether what is computed may differ from fp32 by more than its rounding. */
  boolean isReduced(Device.Kind kind) {
    return tf32 || (fp16 && kind == Device.Kind.TENSORRT);
  }

  /** The CUDA provider's keys and values. */
  Map<String, String> cuda() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("use_tf32", flag(tf32));
    options.put("cudnn_conv_algo_search", cudnnSearch.name());
    // Stacks have one size: what the first maps took is what all take.
    options.put("arena_extend_strategy", "kSameAsRequested");
    if (memoryLimitMebibytes > 0) {
      options.put("gpu_mem_limit", Long.toString((long) memoryLimitMebibytes << 20));
    }
    return options;
  }

  /** The TensorRT provider's keys and values. */
  Map<String, String> tensorRt() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("trt_fp16_enable", flag(fp16));
    if (memoryLimitMebibytes > 0) {
      options.put("trt_max_workspace_size", Long.toString((long) memoryLimitMebibytes << 20));
    }
    Path cache = engineCache;
    options.put("trt_engine_cache_enable", flag(cache != null));
    if (cache != null) {
      options.put("trt_engine_cache_path", cache.toString());
      options.put("trt_timing_cache_enable", "1");
      options.put("trt_timing_cache_path", cache.toString());
    }
    return options;
  }

  private static String flag(boolean set) {
    return set ? "1" : "0";
  }
}
