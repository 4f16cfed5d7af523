package io.github.rackfocus.camera.simulated;

/**
 * How the lens is commanded through the planes of a sweep.
 *
 * <p>Time is counted in frames: frame k is exposed around phase {@code k + 0.5}, so that a held
 * plane has half a frame to settle.
 */
public enum SweepPattern {
  /** Far to near, a plane held for each frame, then back at once. */
  SAW {
    @Override
    public int periodFrames(int planes) {
      return planes;
    }

    @Override
    double shareAt(double phase, int planes) {
      return (double) Math.floorMod((long) Math.floor(phase), planes) / (planes - 1);
    }
  },
  /** Far to near and back at constant speed, a plane a frame, never still. */
  TRIANGLE {
    @Override
    public int periodFrames(int planes) {
      return 2 * (planes - 1);
    }

    @Override
    double shareAt(double phase, int planes) {
      double half = planes - 1;
      double at = (phase - 0.5) % (2 * half);
      double forward = at < 0 ? at + 2 * half : at;
      return 1 - Math.abs(forward - half) / half;
    }
  },
  /** Far to near and back as a cosine, slow enough in the middle to miss no plane. */
  SINE {
    @Override
    public int periodFrames(int planes) {
      // The steepest part moves pi (Z - 1) / N planes a frame, which must not exceed one; and an
      // even N has a frame at either end.
      return 2 * (int) Math.ceil(Math.PI * (planes - 1) / 2);
    }

    @Override
    double shareAt(double phase, int planes) {
      return 0.5 - 0.5 * Math.cos(2 * Math.PI * (phase - 0.5) / periodFrames(planes));
    }
  };

  /** Frames until the sweep repeats itself. */
  public abstract int periodFrames(int planes);

  /** Commanded position at a phase, 0 the farthest plane, 1 the nearest. */
  abstract double shareAt(double phase, int planes);

  /**
   * Commanded focus at a time.
   *
   * @param phase time in frames
   * @param planes at equal distances from farthest to nearest
   * @return dioptres
   */
  public double commandAt(double phase, int planes, double farthest, double nearest) {
    return farthest + (nearest - farthest) * shareAt(phase, planes);
  }
}
