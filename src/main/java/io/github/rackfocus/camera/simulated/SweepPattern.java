package io.github.rackfocus.camera.simulated;

/**
 * The commanded focus of a lens over the time of a sweep.
 *
 * <p>Time is in frames: frame k is exposed around phase {@code k + 0.5}, so that the lens has half
 * a frame to settle on a held plane.
 */
public enum SweepPattern {
  /** Far to near in steps, one plane held per frame, then back in one step. */
  SAW {
    @Override
    public int periodFrames(int planes) {
      return planes;
    }

    @Override
    double positionAt(double phase, int planes) {
      return (double) Math.floorMod((long) Math.floor(phase), planes) / (planes - 1);
    }
  },
  /** Far to near and back at constant speed, one plane per frame, never at rest. */
  TRIANGLE {
    @Override
    public int periodFrames(int planes) {
      return 2 * (planes - 1);
    }

    @Override
    double positionAt(double phase, int planes) {
      double half = planes - 1;
      double at = (phase - 0.5) % (2 * half);
      double forward = at < 0 ? at + 2 * half : at;
      return 1 - Math.abs(forward - half) / half;
    }
  },
  /** Far to near and back as a cosine, slow enough in the middle not to skip a plane. */
  SINE {
    @Override
    public int periodFrames(int planes) {
      // At most pi (Z - 1) / N planes per frame, which must not exceed one. An even N has a
      // frame at each end.
      return 2 * (int) Math.ceil(Math.PI * (planes - 1) / 2);
    }

    @Override
    double positionAt(double phase, int planes) {
      return 0.5 - 0.5 * Math.cos(2 * Math.PI * (phase - 0.5) / periodFrames(planes));
    }
  };

  /** Returns the period of the sweep in frames. */
  public abstract int periodFrames(int planes);

  /** Returns the commanded position at a phase, 0 at the farthest plane, 1 at the nearest. */
  abstract double positionAt(double phase, int planes);

  /**
   * Returns the commanded focus at a phase.
   *
   * @param phase time in frames
   * @param planes number of planes, evenly spaced from farthest to nearest
   * @param farthest focus of the farthest plane, dioptres
   * @param nearest focus of the nearest plane, dioptres
   * @return dioptres
   */
  public double commandAt(double phase, int planes, double farthest, double nearest) {
    return farthest + (nearest - farthest) * positionAt(phase, planes);
  }
}
