package io.github.rackfocus.onnx;

/**
 * The device requested for inference.
 *
 * @param kind of processor
 * @param index of the GPU; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** The kinds of processors. */
  public enum Kind {
    /** The CPU. */
    CPU,
    /** A GPU through CUDA; an error if it is unavailable. */
    CUDA,
    /** A GPU through TensorRT, and CUDA for what that can't run; an error if unavailable. */
    TENSORRT,
    /** The first GPU if it is available, else the CPU. */
    AUTO
  }

  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final int MAX_INDEX = 63;

  public Device {
    if (index < 0 || index > MAX_INDEX) {
      throw new IllegalArgumentException(
          "device number is " + index + "; expected 0 to " + MAX_INDEX);
    }
  }

  /**
   * Parses {@code cpu}, {@code cuda}, {@code cuda:n}, {@code tensorrt}, {@code tensorrt:n} or
   * {@code auto}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Device parse(String text) {
    if (text.matches("(cuda|tensorrt):[0-9]{1,2}")) {
      int colon = text.indexOf(':');
      return new Device(
          text.startsWith("cuda") ? Kind.CUDA : Kind.TENSORRT,
          Integer.parseInt(text.substring(colon + 1)));
    }
    return switch (text) {
      case "cpu" -> CPU;
      case "cuda" -> new Device(Kind.CUDA, 0);
      case "tensorrt" -> new Device(Kind.TENSORRT, 0);
      case "auto" -> new Device(Kind.AUTO, 0);
      default ->
          throw new IllegalArgumentException(
              "device is "
                  + text
                  + "; expected cpu, cuda, cuda:n (n is the GPU's number), tensorrt, tensorrt:n or"
                  + " auto");
    };
  }

  @Override
  public String toString() {
    return switch (kind) {
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
      case TENSORRT -> "tensorrt:" + index;
      case AUTO -> "auto";
    };
  }
}
