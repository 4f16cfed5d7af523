package io.github.rackfocus.onnx;

import io.github.rackfocus.depth.DepthMap;
import java.nio.FloatBuffer;
import java.util.Locale;

/** The outputs of every model, float32 {@code [1, 1, H, W]} each. */
public enum Output {
  /** Position on the stack's focus axis, 0 to 1. */
  POSITION,
  /** Expected absolute error of the position. */
  ERROR,
  /** Confidence, 0 to 1. */
  CONFIDENCE,
  /** Luma of the all-in-focus image, 0 to 1. */
  ALLFOCUS;

  private final String key = name().toLowerCase(Locale.ROOT);

  /** Returns the name in graphs and manifests. */
  public String key() {
    return key;
  }

  /** Returns the layer of a map that holds it. */
  FloatBuffer of(DepthMap map) {
    return switch (this) {
      case POSITION -> map.position();
      case ERROR -> map.error();
      case CONFIDENCE -> map.confidence();
      case ALLFOCUS -> map.allFocus();
    };
  }
}
