package io.github.rackfocus.onnx;

/**
 * Where sessions run.
 *
 * @param kind which processor, never {@link Device.Kind#AUTO}
 * @param index the GPU's number; 0 on the CPU
 * @param description for health and maps, such as {@code CPU}
 */
record Provider(Device.Kind kind, int index, String description) {
  static Provider cpu(String description) {
    return new Provider(Device.Kind.CPU, 0, description);
  }

  /** What a device asks for first. */
  static Provider of(Device device) {
    return switch (device.kind()) {
      case CPU -> cpu("CPU");
      case CUDA, AUTO -> new Provider(Device.Kind.CUDA, device.index(), "CUDA:" + device.index());
      case TENSORRT ->
          new Provider(Device.Kind.TENSORRT, device.index(), "TensorRT:" + device.index());
    };
  }

  /** Whether every tensor of a run crosses the host. */
  boolean isGpu() {
    return kind != Device.Kind.CPU;
  }
}
