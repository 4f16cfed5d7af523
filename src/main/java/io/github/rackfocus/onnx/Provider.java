package io.github.rackfocus.onnx;

/**
 * Where sessions run.
 *
 * @param cudaDevice the GPU's number, −1 for the CPU
 * @param description for health and maps, such as {@code CPU}
 */
record Provider(int cudaDevice, String description) {
  static Provider cpu(String description) {
    return new Provider(-1, description);
  }

  static Provider cuda(int device) {
    return new Provider(device, "CUDA:" + device);
  }

  boolean isCuda() {
    return cudaDevice >= 0;
  }
}
