package io.github.rackfocus.onnx;

import java.io.IOException;

/**
 * A model can't be used. The message is one sentence with the file, the place in it, what was found
 * and what was expected.
 */
public final class ModelException extends IOException {
  private static final long serialVersionUID = 1;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
