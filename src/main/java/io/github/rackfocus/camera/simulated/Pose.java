package io.github.rackfocus.camera.simulated;

/**
 * Where the camera is and where it looks, relative to its resting place: camera coordinates are x
 * right, y down, z forward, in metres. Immutable.
 */
final class Pose {
  /** The resting place. */
  static final Pose STILL = new Pose(0, 0, 0, 0, 0, 0);

  private final double[] rotation;
  private final double[] place;

  /**
   * @param pitch turns the view down, radians
   * @param yaw turns the view to the right, radians, after pitch
   * @param roll turns the camera clockwise about its axis, radians, before both
   * @param x place to the right, metres
   * @param y place downwards, metres
   * @param z place forward, metres
   */
  Pose(double pitch, double yaw, double roll, double x, double y, double z) {
    double cp = Math.cos(pitch);
    double sp = Math.sin(pitch);
    double cy = Math.cos(yaw);
    double sy = Math.sin(yaw);
    double cr = Math.cos(roll);
    double sr = Math.sin(roll);
    // Yaw times pitch times roll; columns are the axes of the moved camera.
    rotation =
        new double[] {
          cy * cr - sy * sp * sr,
          -cy * sr - sy * sp * cr,
          sy * cp,
          cp * sr,
          cp * cr,
          sp,
          -sy * cr - cy * sp * sr,
          sy * sr - cy * sp * cr,
          cy * cp
        };
    place = new double[] {x, y, z};
  }

  /** Returns whether the camera only turned: then image motion does not depend on depth. */
  boolean isAtRestingPlace() {
    return place[0] == 0 && place[1] == 0 && place[2] == 0;
  }

  /** Returns a coordinate of the camera's place at rest: 0 right, 1 down, 2 forward, in metres. */
  double place(int axis) {
    return place[axis];
  }

  /** Returns a component of a direction of the moved camera in the coordinates at rest. */
  double direction(int axis, double x, double y, double z) {
    int row = 3 * axis;
    return rotation[row] * x + rotation[row + 1] * y + rotation[row + 2] * z;
  }

  /** Converts a point of the moved camera to the coordinates at rest, in place. */
  void toRest(double[] point) {
    double x = point[0];
    double y = point[1];
    double z = point[2];
    for (int axis = 0; axis < 3; axis++) {
      point[axis] = direction(axis, x, y, z) + place[axis];
    }
  }

  /** Converts a point in the coordinates at rest to those of the moved camera, in place. */
  void toCamera(double[] point) {
    double x = point[0] - place[0];
    double y = point[1] - place[1];
    double z = point[2] - place[2];
    for (int axis = 0; axis < 3; axis++) {
      point[axis] = rotation[axis] * x + rotation[axis + 3] * y + rotation[axis + 6] * z;
    }
  }
}
