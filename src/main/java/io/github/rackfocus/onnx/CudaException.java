package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import io.github.rackfocus.frame.NativeLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** CUDA can't be had; the message is ONNX Runtime's first line, the advice what would help. */
final class CudaException extends Exception {
  private static final long serialVersionUID = 1;
  private static final String CUDA_LIBRARY = "libonnxruntime_providers_cuda.so";
  private static final int LONGEST_REASON = 300;

  CudaException(OrtException cause) {
    super(firstLine(cause), cause);
  }

  /** What the operator can do. */
  String advice() {
    String text = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    Path natives = NativeLibraries.onnxRuntimeFolder();
    if (!Files.exists(natives.resolve(CUDA_LIBRARY))) {
      return "point -D"
          + NativeLibraries.ONNX_RUNTIME_PROPERTY
          + " at a folder with ONNX Runtime's"
          + " GPU natives; "
          + natives
          + " has no "
          + CUDA_LIBRARY;
    }
    if (text.contains("cudnn")) {
      return "install cuDNN 9 and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("cublas") || text.contains("cudart") || text.contains("cufft")) {
      return "install the CUDA 12 runtime and let the loader find it (LD_LIBRARY_PATH)";
    }
    return "see that nvidia-smi lists the GPU and that its driver serves CUDA 12";
  }

  /** What ONNX Runtime says, one line, without its error code. */
  static String firstLine(OrtException e) {
    String message =
        String.valueOf(e.getMessage()).replaceFirst("^Error code - \\S+ - message: ", "");
    String line = message.lines().findFirst().orElse("").strip();
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }
}
