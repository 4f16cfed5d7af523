package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.common.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A GPU is unavailable; the message is the first line of ONNX Runtime's. */
final class GpuException extends Exception {
  private static final long serialVersionUID = 1;
  private static final int LONGEST_REASON = 300;

  private final boolean tensorRt;

  GpuException(Provider provider, OrtException cause) {
    super(firstLine(cause), cause);
    this.tensorRt = provider.kind() == Device.Kind.TENSORRT;
  }

  /** Returns what the operator can do. */
  String advice() {
    return advice(tensorRt, String.valueOf(getMessage()), NativeLibraries.onnxRuntimeFolder());
  }

  /**
   * Returns what the operator can do.
   *
   * @param tensorRt whether TensorRT was requested, or else CUDA
   * @param reason message of ONNX Runtime
   * @param natives the folder that its libraries were loaded from
   */
  static String advice(boolean tensorRt, String reason, Path natives) {
    String library =
        tensorRt ? "libonnxruntime_providers_tensorrt.so" : "libonnxruntime_providers_cuda.so";
    String text = reason.toLowerCase(Locale.ROOT);
    if (!Files.exists(natives.resolve(library))) {
      return "point -D"
          + NativeLibraries.ONNX_RUNTIME_PROPERTY
          + " at a folder with ONNX Runtime's"
          + " GPU natives (docs/gpu.md); "
          + natives
          + " has no "
          + library;
    }
    if (text.contains("nvinfer") || text.contains("nvonnxparser")) {
      return "install TensorRT 10 and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("cudnn")) {
      return "install cuDNN 9 and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("cublas") || text.contains("cudart") || text.contains("cufft")) {
      return "install the CUDA 12 runtime and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("out of memory") || text.contains("failed to allocate memory")) {
      return "raise model.gpu.memoryLimit, or stop other processes on the GPU (nvidia-smi lists them)";
    }
    return "check that nvidia-smi lists the GPU and that its driver supports CUDA 12";
  }

  /** Returns the first line of ONNX Runtime's message, without its error code. */
  static String firstLine(OrtException e) {
    String message =
        String.valueOf(e.getMessage()).replaceFirst("^Error code - \\S+ - message: ", "");
    String line = message.lines().findFirst().orElse("").strip();
    return PrintableText.of(line, LONGEST_REASON);
  }
}
