package io.github.rackfocus.onnx;

/**
 * Where inference is asked to run.
 *
 * @param kind which processor
 * @param index of the GPU; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** The processors to choose from. */
  public enum Kind {
    /** The CPU. */
    CPU,
    /** A GPU by CUDA, or an error that says what is missing. */
    CUDA,
    /**
     * A GPU by TensorRT, with CUDA for what it can't run, or an error that says what is missing.
     */
    TENSORRT,
    /** The first GPU where it can be had, else the CPU. */
    AUTO
  }

  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  private static final int MAX_INDEX = 63;

  public Device {
    if (index < 0 || index > MAX_INDEX) {
      throw new IllegalArgumentException(
          "device has the number " + index + "; expected 0 to " + MAX_INDEX);
    }
  }

  /**
   * Reads {@code cpu}, {@code cuda}, {@code cuda:n}, {@code tensorrt}, {@code tensorrt:n} or {@code
   * auto}.
   *
   * @throws IllegalArgumentException for anything else, with what is allowed
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
                  + "; expected cpu, cuda, cuda:n (n the GPU's number), tensorrt, tensorrt:n or"
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
