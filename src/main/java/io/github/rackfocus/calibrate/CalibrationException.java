package io.github.rackfocus.calibrate;

import java.io.IOException;
import java.io.Serial;

/** A recording from which nothing can be calibrated. The message says why and what to record. */
public final class CalibrationException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  CalibrationException(String message) {
    super(message);
  }
}
