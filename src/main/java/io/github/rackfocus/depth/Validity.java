package io.github.rackfocus.depth;

/** Why a pixel has a depth or none. The codes are part of the published interface. */
public enum Validity {
  /** Depth is a number. */
  VALID(0, "valid", 0f),
  /** Too little texture to focus on. */
  NO_TEXTURE(1, "noTexture", Float.NaN),
  /** Texture, but no distinct best focus. */
  AMBIGUOUS(2, "ambiguous", Float.NaN),
  /** Sharpest at the nearest plane and still rising towards it. */
  NEARER_THAN_SWEEP(3, "nearerThanSweep", Float.NEGATIVE_INFINITY),
  /** Sharpest at the farthest plane and still rising towards it. */
  BEYOND_SWEEP(4, "beyondSweep", Float.POSITIVE_INFINITY),
  /** Not confident, and too bright where it is in focus. */
  SATURATED(5, "saturated", Float.NaN),
  /** The scene changed there during the sweep. */
  MOVED(6, "moved", Float.NaN),
  /** In focus on a plane that has no frame. */
  PLANE_MISSING(7, "planeMissing", Float.NaN),
  /** In focus on a plane whose frame was taken while the lens moved too fast. */
  LENS_UNSETTLED(8, "lensUnsettled", Float.NaN),
  /** In focus on a plane whose frame did not see it: the camera moved, or the lens breathes. */
  OUTSIDE_VIEW(9, "outsideView", Float.NaN);

  private static final Validity[] BY_CODE = values();

  private final byte code;
  private final String key;
  private final float depth;

  Validity(int code, String key, float depth) {
    this.code = (byte) code;
    this.key = key;
    this.depth = depth;
  }

  /** The published code. */
  public byte code() {
    return code;
  }

  /** The name in messages and reports. */
  public String key() {
    return key;
  }

  /** What stands for the depth where it is not a number: NaN, −Inf or +Inf (REP 117). */
  public float specialDepth() {
    return depth;
  }

  /** How many codes there are. */
  public static int count() {
    return BY_CODE.length;
  }

  /**
   * The validity of a code.
   *
   * @throws IllegalArgumentException for a code that does not exist
   */
  public static Validity of(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException(
          "validity code is " + code + "; expected 0 to " + (BY_CODE.length - 1));
    }
    return BY_CODE[code];
  }
}
