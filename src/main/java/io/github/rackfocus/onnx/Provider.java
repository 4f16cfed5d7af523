package io.github.rackfocus.onnx;

/**
 * The execution provider of sessions.
 *
 * @param kind of processor, never {@link Device.Kind#AUTO}
 * @param index the GPU's number; 0 on the CPU
 * @param description for health and maps, such as {@code CPU}
 */
record Provider(Device.Kind kind, int index, String description) {
  static Provider cpu(String description) {
    return new Provider(Device.Kind.CPU, 0, description);
  }

  /** Returns the provider that a device names first. */
  static Provider of(Device device) {
    return switch (device.kind()) {
      case CPU -> cpu("CPU");
      case CUDA, AUTO -> new Provider(Device.Kind.CUDA, device.index(), "CUDA:" + device.index());
      case TENSORRT ->
          new Provider(Device.Kind.TENSORRT, device.index(), "TensorRT:" + device.index());
    };
  }

  /** Returns whether this is a GPU, where every tensor of a run crosses the host. */
  boolean isGpu() {
    return kind != Device.Kind.CPU;
  }
}
