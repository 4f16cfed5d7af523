package io.github.rackfocus.camera.simulated;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds a random workbench scene from a seed: a cutting mat with a circuit board, a connector, pin
 * rows, washers, a bin of parts, a cloth, balls, a blank block, a box and a bar close to the
 * camera. The scene is scaled to fill the whole range of the sweep.
 */
final class BenchScene {
  /** Focus at the top and the bottom of the image, as fractions of the sweep. */
  private static final double TOP = 0.05;

  private static final double BOTTOM = 0.70;

  private final SeededRandom random;
  private final double middle;
  private final double slope;
  private final double halfHeight;
  private final double halfWidth;
  private final List<Solid> solids = new ArrayList<>();

  private BenchScene(SimulatedCameraConfig config, double focalPixels) {
    random = new SeededRandom(config.scene().seed(), 1, 0);
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    double range = sweep.nearestDioptres() - sweep.farthestDioptres();
    halfHeight = config.format().height() / (2 * focalPixels);
    halfWidth = config.format().width() / (2 * focalPixels);
    double top = sweep.farthestDioptres() + TOP * range;
    double bottom = sweep.farthestDioptres() + BOTTOM * range;
    middle = (top + bottom) / 2;
    slope = (bottom - top) / (2 * halfHeight);
  }

  /** Returns the scene of a configuration. */
  static Scene build(SimulatedCameraConfig config, double focalPixels) {
    BenchScene bench = new BenchScene(config, focalPixels);
    bench.addSolids();
    Texture.Kind kind = bench.random.next() < 0.85 ? Texture.Kind.GRID : Texture.Kind.FRACTAL;
    Texture mat = bench.texture(kind, 0.015, 0.5, 0.0022);
    return new Scene(bench.middle, bench.slope, mat, bench.solids, config.light().highlights());
  }

  private void addSolids() {
    boolean flip = random.next() < 0.5;
    double side = flip ? -1 : 1;
    board(-0.22 * side + jitter(0.06), 0.12 + jitter(0.05));
    bin(0.55 * side + jitter(0.08), -0.62 + jitter(0.05));
    cloth(-0.68 * side + jitter(0.06), -0.6 + jitter(0.06));
    connector(0.57 * side + jitter(0.06), 0.16 + jitter(0.06));
    washers(0.15 * side, 0.62);
    balls(-0.72 * side, 0.42);
    blankBlock(0.02 * side + jitter(0.1), -0.72 + jitter(0.05));
    boxEdge(0.80 * side, 0.98);
    bar(side);
  }

  /** Adds a circuit board with chips, capacitors and a pin row. */
  private void board(double px, double py) {
    Place at = place(px, py);
    double size = 0.2 * at.depth();
    double yaw = jitter(0.5);
    double thick = 0.012 * at.depth();
    put(
        new Shape.Box(size, size * 0.8, thick),
        at,
        0,
        0,
        0,
        yaw,
        0,
        texture(Texture.Kind.PRINT, 0.01, 0.9, 0.0016),
        false);
    put(
        new Shape.Box(size * 0.3, size * 0.3, size * 0.12),
        at,
        -0.35 * size,
        0.25 * size,
        thick,
        yaw,
        0,
        texture(Texture.Kind.PRINT, 0.02, 0.5, 0.0012),
        false);
    put(
        new Shape.Box(size * 0.2, size * 0.12, size * 0.1),
        at,
        0.5 * size,
        -0.45 * size,
        thick,
        yaw,
        0,
        texture(Texture.Kind.SPECKLE, 0.05, 0.35, 0.0012),
        false);
    for (int i = 0; i < 3; i++) {
      put(
          new Shape.Ring(size * 0.13, 0, size * random.between(0.3, 0.5)),
          at,
          size * (0.1 + 0.3 * i),
          0.5 * size,
          thick,
          yaw,
          0,
          texture(i == 1 ? Texture.Kind.STRIPES : Texture.Kind.BRUSHED, 0.15, 0.85, 0.001),
          false);
    }
    for (int i = 0; i < 8; i++) {
      put(
          new Shape.Box(size * 0.025, size * 0.025, size * 0.38),
          at,
          size * (-0.75 + 0.13 * i),
          -0.6 * size,
          thick,
          yaw,
          0,
          texture(Texture.Kind.BRUSHED, 0.5, 1, 0.0008),
          false);
    }
  }

  /** Adds a moving connector: a housing with two rows of pins, standing on the mat. */
  private void connector(double px, double py) {
    Place at = place(px, py);
    double size = 0.17 * at.depth();
    double yaw = jitter(0.6);
    double high = size * 0.5;
    put(
        new Shape.Box(size, size * 0.3, high),
        at,
        0,
        0,
        0,
        yaw,
        0,
        texture(Texture.Kind.SPECKLE, 0.01, 0.45, 0.0013),
        true);
    Texture metal = texture(Texture.Kind.BRUSHED, 0.5, 1, 0.0008);
    for (int i = 0; i < 7; i++) {
      for (int row = -1; row <= 1; row += 2) {
        put(
            new Shape.Box(size * 0.035, size * 0.035, size * 0.45),
            at,
            size * (-0.84 + 0.28 * i),
            row * 0.15 * size,
            high,
            yaw,
            0,
            metal,
            true);
      }
    }
  }

  /** Adds a bin: four walls and a heap of parts. */
  private void bin(double px, double py) {
    Place at = place(px, py);
    double size = 0.2 * at.depth();
    double yaw = jitter(0.35);
    double wall = size * 0.07;
    double high = size * 0.5;
    Texture card = texture(Texture.Kind.FRACTAL, 0.08, 0.9, 0.0025);
    put(new Shape.Box(size, wall, high), at, 0, size, 0, yaw, 0, card, false);
    put(
        new Shape.Box(size, wall, high),
        at,
        0,
        -size,
        0,
        yaw,
        0,
        texture(Texture.Kind.PRINT, 0.15, 0.95, 0.003),
        false);
    put(new Shape.Box(wall, size, high), at, size, 0, 0, yaw, 0, card, false);
    put(new Shape.Box(wall, size, high), at, -size, 0, 0, yaw, 0, card, false);
    for (int i = 0; i < 9; i++) {
      double du = size * random.between(-0.75, 0.75);
      double dv = size * random.between(-0.75, 0.75);
      double r = size * random.between(0.16, 0.27);
      Shape part =
          switch (i % 3) {
            case 0 -> new Shape.Dome(r, r, r * 0.9);
            case 1 -> new Shape.Box(r, r * 0.7, r * 1.5);
            default -> new Shape.Ring(r, r * 0.5, r * random.between(0.6, 1.6));
          };
      put(
          part,
          at,
          du,
          dv,
          0,
          yaw + random.between(0, 3),
          0,
          texture(anyKind(), 0.03, 0.95, 0.0022),
          false);
    }
  }

  private void cloth(double px, double py) {
    Place at = place(px, py);
    double size = 0.2 * at.depth();
    put(
        new Shape.Cloth(size, size, size * random.between(0.6, 0.9), random.between(0, 6)),
        at,
        0,
        0,
        0,
        jitter(0.5),
        0,
        texture(random.next() < 0.5 ? Texture.Kind.CHECKS : Texture.Kind.STRIPES, 0.03, 0.9, 0.003),
        false);
  }

  private void washers(double px, double py) {
    for (int i = 0; i < 6; i++) {
      Place at = place(px + jitter(0.5), py + jitter(0.25));
      double r = at.depth() * random.between(0.045, 0.075);
      put(
          new Shape.Ring(r, r * random.between(0.45, 0.6), r * 0.22),
          at,
          0,
          0,
          0.001 * i,
          0,
          0,
          texture(Texture.Kind.BRUSHED, 0.1, 1.1, 0.0007),
          i % 2 != 0);
    }
  }

  private void balls(double px, double py) {
    for (int i = 0; i < 3; i++) {
      Place at = place(px + jitter(0.16), py - 0.42 * i + jitter(0.1));
      double r = at.depth() * random.between(0.06, 0.095);
      Texture skin =
          i == 1
              ? texture(Texture.Kind.BLANK, 0.3, 0.9, 0.01)
              : texture(i == 0 ? Texture.Kind.SPECKLE : Texture.Kind.CHECKS, 0.04, 0.95, 0.0013);
      put(new Shape.Dome(r, r, r), at, 0, 0, 0, random.between(0, 3), 0, skin, i == 0);
    }
  }

  /** Adds a block without texture, where only a prior can estimate the depth. */
  private void blankBlock(double px, double py) {
    Place at = place(px, py);
    double size = 0.09 * at.depth();
    put(
        new Shape.Box(size, size * 0.7, size * 1.3),
        at,
        0,
        0,
        0,
        jitter(0.7),
        0,
        texture(Texture.Kind.BLANK, 0.5, 0.9, 0.01),
        false);
  }

  /** Adds a large box in a corner, whose edge points towards the camera. */
  private void boxEdge(double px, double py) {
    Place at = place(px, py);
    double size = 0.2 * at.depth();
    put(
        new Shape.Box(size, size * 0.9, 0.14 * at.depth()),
        at,
        0,
        0,
        0,
        0.5 + jitter(0.4),
        0,
        texture(Texture.Kind.PRINT, 0.1, 1, 0.0017),
        false);
  }

  /** Adds a thin bar across the foreground. */
  private void bar(double side) {
    Place at = place(-0.35 * side + jitter(0.15), 0.9);
    double reach = 0.42 * at.depth();
    double thick = 0.011 * at.depth();
    put(
        new Shape.Box(thick, reach, thick * 2),
        at,
        0,
        0,
        0.17 * at.depth(),
        side * random.between(0.6, 1.0),
        random.between(-0.1, 0.06),
        texture(Texture.Kind.STRIPES, 0.03, 0.95, 0.0006),
        false);
  }

  private Texture.Kind anyKind() {
    return switch (random.below(5)) {
      case 0 -> Texture.Kind.BRUSHED;
      case 1 -> Texture.Kind.SPECKLE;
      case 2 -> Texture.Kind.STRIPES;
      case 3 -> Texture.Kind.CHECKS;
      default -> Texture.Kind.FRACTAL;
    };
  }

  /** Creates a texture whose detail is scaled with the distance of the bench. */
  private Texture texture(Texture.Kind kind, double dark, double bright, double texel) {
    return new Texture(kind, dark, bright, texel * 0.5 / (5 * 0.2 * middle), random);
  }

  private double jitter(double most) {
    return random.between(-most, most);
  }

  /** Returns the place on the bench at an image point; both coordinates range from -1 to 1. */
  private Place place(double px, double py) {
    double y = py * halfHeight;
    double depth = 1 / (middle + slope * y);
    double height = Scene.heightOf(middle, slope);
    double sine = middle * height;
    double cosine = slope * height;
    return new Place(depth * px * halfWidth, depth * (cosine - y * sine), depth);
  }

  private record Place(double u, double v, double depth) {}

  private void put(
      Shape shape,
      Place at,
      double du,
      double dv,
      double w,
      double yaw,
      double pitch,
      Texture texture,
      boolean moves) {
    double u = at.u() + Math.cos(yaw) * du - Math.sin(yaw) * dv;
    double v = at.v() + Math.sin(yaw) * du + Math.cos(yaw) * dv;
    // The same phase for all parts of a moving object; its depth distinguishes the objects.
    solids.add(
        new Solid(
            shape, texture, new double[] {u, v, w}, yaw, pitch, moves ? 1 + 20 * at.depth() : 0));
  }
}
