package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import java.util.Locale;

/** CUDA can't be had; the message is ONNX Runtime's first line, the advice what would help. */
final class CudaException extends Exception {
  private static final long serialVersionUID = 1;
  private static final int LONGEST_REASON = 300;

  CudaException(OrtException cause) {
    super(firstLine(cause), cause);
  }

  /** What the operator can do. */
  String advice() {
    String text = String.valueOf(getMessage()).toLowerCase(Locale.ROOT);
    String path = System.getProperty("onnxruntime.native.path");
    if (text.contains("cudnn")) {
      return "install cuDNN 9 and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("cublas") || text.contains("cudart") || text.contains("cufft")) {
      return "install the CUDA 12 runtime and let the loader find it (LD_LIBRARY_PATH)";
    }
    if (text.contains("shared provider") || text.contains("not enabled") || path == null) {
      return "point -Donnxruntime.native.path at a folder with ONNX Runtime's GPU natives, among"
          + " them libonnxruntime_providers_cuda.so; "
          + (path == null ? "it is not set" : "it is " + path);
    }
    return "see that nvidia-smi lists the GPU and that its driver serves CUDA 12";
  }

  static String firstLine(OrtException e) {
    String message = String.valueOf(e.getMessage());
    String line = message.lines().findFirst().orElse("").strip();
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }
}
