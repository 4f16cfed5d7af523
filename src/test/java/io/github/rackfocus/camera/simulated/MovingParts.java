package io.github.rackfocus.camera.simulated;

import java.util.List;

/**
 * Which moving part of a simulated scene is seen at every pixel: the truth for tests and
 * measurements of motion detection. Immutable and thread-safe.
 */
public final class MovingParts {
  private final Scene scene;
  private final CameraState state;

  /**
   * Describes the scene of a camera of this configuration.
   *
   * @throws IllegalArgumentException if nothing in it moves
   */
  public MovingParts(SimulatedCameraConfig config) {
    if (!(config.scene().motionMetresPerSecond() > 0)) {
      throw new IllegalArgumentException(
          "scene.motionMetresPerSecond is "
              + config.scene().motionMetresPerSecond()
              + "; expected above 0, or no part moves");
    }
    double focal = ThinLensRenderer.FOCAL_WIDTHS * config.format().width();
    this.scene = BenchScene.build(config, focal);
    // As SimulatedCamera does: what moves repeats with the frames that are rendered ahead.
    this.state =
        new CameraState(config, config.playback().prerenderedSweeps() * config.sweepFrames());
  }

  /**
   * Returns what is seen at the centre of every pixel of a frame, row by row: 0 for what stands
   * still, else the number of the moving part, from 1.
   */
  public byte[] seen(long sequence) {
    Capture capture = state.capture(sequence, 0);
    int width = capture.view(0).width();
    int height = capture.view(0).height();
    float[] depth = Fragments.depth(scene, capture);
    byte[] seen = new byte[depth.length];
    Shape.Ray ray = new Shape.Ray();
    Shape.Ray own = new Shape.Ray();
    Shape.Hit hit = new Shape.Hit();
    List<Solid> solids = scene.solids();
    for (int i = 0; i < solids.size(); i++) {
      Solid solid = solids.get(i);
      if (!solid.moves()) {
        continue;
      }
      int[] box = capture.bounds(scene, solid, 0);
      for (int y = Math.max(0, box[1]); y < Math.min(height, box[3]); y++) {
        View view = capture.view(y);
        for (int x = Math.max(0, box[0]); x < Math.min(width, box[2]); x++) {
          aim(view, x, y, ray);
          solid.toOwn(ray, view.shift(solid), own);
          // The nearest surface of all is at the depth of the pixel.
          if (solid.shape().intersect(own, hit) && (float) hit.distance <= depth[y * width + x]) {
            seen[y * width + x] = (byte) (i + 1);
          }
        }
      }
    }
    return seen;
  }

  /**
   * Returns by how many pixels a part is displaced between two frames, motion of the camera aside.
   *
   * @param part a number that {@link #seen} returned, not 0
   * @param depthMetres depth of the part
   */
  public double displacement(int part, double depthMetres, long from, long to) {
    Solid solid = scene.solids().get(part - 1);
    View start = state.capture(from, 0).view(0);
    View end = state.capture(to, 0).view(0);
    return Math.abs(end.shift(solid) - start.shift(solid)) * start.focalPixels() / depthMetres;
  }

  private void aim(View view, int x, int y, Shape.Ray ray) {
    double nx = view.x(x + 0.5);
    double ny = view.y(y + 0.5);
    if (view.isAtRest()) {
      scene.ray(nx, ny, ray);
    } else {
      scene.ray(view.pose(), nx, ny, ray);
    }
  }
}
