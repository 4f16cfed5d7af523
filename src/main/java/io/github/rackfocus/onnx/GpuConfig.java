package io.github.rackfocus.onnx;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configures a GPU. ONNX Runtime accepts any key and value for these and reports errors late or
 * never, so they are typed and checked here.
 *
 * @param memoryLimitMebibytes largest arena of each session; 0: no limit
 * @param cudnnSearch how a convolution's algorithm is chosen for a new size
 * @param tf32 whether 19-bit multiplication is allowed; faster, and the golden vectors then differ
 *     by more than fp32's tolerance
 * @param fp16 whether TensorRT may compute in half precision; CUDA runs the graphs as they are
 * @param engineCache folder where TensorRT keeps its engines between starts, or null: they are
 *     built (minutes) at every start
 */
@RecordBuilder
public record GpuConfig(
    int memoryLimitMebibytes,
    CudnnSearch cudnnSearch,
    boolean tf32,
    boolean fp16,
    @Nullable Path engineCache)
    implements GpuConfigBuilder.With {

  /** How cuDNN chooses an algorithm. */
  public enum CudnnSearch {
    /** The default algorithm, at no cost. */
    DEFAULT,
    /** By cuDNN's heuristics. */
    HEURISTIC,
    /** By trying all, once per size: the first maps are slow, later ones fastest. */
    EXHAUSTIVE
  }

  /**
   * No memory limit, cuDNN's heuristics, exact fp32, no cache. The heuristic search is cheap for
   * sizes that occur once, and its choice doesn't depend on other load of the GPU at start-up.
   */
  public static final GpuConfig DEFAULTS =
      new GpuConfig(0, CudnnSearch.HEURISTIC, false, false, null);

  /** Guards against a number of bytes given as mebibytes. */
  private static final int MAX_MEBIBYTES = 1 << 20;

  private static final int MIN_MEBIBYTES = 64;

  public GpuConfig {
    if (memoryLimitMebibytes != 0
        && (memoryLimitMebibytes < MIN_MEBIBYTES || memoryLimitMebibytes > MAX_MEBIBYTES)) {
      throw new IllegalArgumentException(
          "GPU memory limit is "
              + memoryLimitMebibytes
              + " MiB; expected 0 (none) or "
              + MIN_MEBIBYTES
              + " to "
              + MAX_MEBIBYTES);
    }
  }

  /** Returns whether results may differ from fp32 by more than its rounding. */
  boolean isReduced(Device.Kind kind) {
    return tf32 || (fp16 && kind == Device.Kind.TENSORRT);
  }

  /** Returns the options of the CUDA provider. */
  Map<String, String> cuda() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("use_tf32", flag(tf32));
    options.put("cudnn_conv_algo_search", cudnnSearch.name());
    // All stacks have one size, so all maps need as much memory as the first.
    options.put("arena_extend_strategy", "kSameAsRequested");
    if (memoryLimitMebibytes > 0) {
      options.put("gpu_mem_limit", Long.toString((long) memoryLimitMebibytes << 20));
    }
    return options;
  }

  /** Returns the options of the TensorRT provider. */
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
