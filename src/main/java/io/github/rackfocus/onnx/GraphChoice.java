package io.github.rackfocus.onnx;

import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import java.util.List;
import java.util.Locale;

/** Chooses which of a bundle's graphs run: rolling or full, fp32 or 8 bits. */
final class GraphChoice {
  private GraphChoice() {}

  /**
   * Returns whether the two-stage form runs.
   *
   * @throws ModelException if the requested form is not in the bundle
   */
  static boolean isRolling(
      ModelBundle bundle, List<Integer> iterations, Form form, Provider provider)
      throws ModelException {
    Manifest manifest = bundle.manifest();
    boolean hasRolling = manifest.twoStage() != null;
    boolean hasFull = iterations.stream().allMatch(manifest::hasFull);
    if (form == Form.ROLLING && !hasRolling) {
      throw new ModelException(bundle.manifestFile() + ": has no twoStage; form rolling needs it");
    }
    if (form == Form.FULL && !hasFull) {
      int missing = iterations.stream().filter(k -> !manifest.hasFull(k)).findFirst().orElse(0);
      throw new ModelException(
          bundle.manifestFile()
              + ": files has no "
              + Manifest.fullGraph(missing)
              + "; form full needs it");
    }
    return switch (form) {
      case ROLLING -> true;
      case FULL -> false;
      case AUTO -> hasRolling && !(provider.isGpu() && hasFull);
    };
  }

  /** Returns whether a number of iterations runs in 8 bits. */
  static boolean isQuantised(
      ModelBundle bundle, int iterations, Precision precision, boolean rolling, Provider provider) {
    return precision != Precision.FP32
        && rolling
        && !provider.isGpu()
        && bundle.manifest().isQuantised(iterations);
  }

  /** Returns whether the rolling form computes only the planes of new frames. */
  static boolean isPlanewise(
      ModelBundle bundle, List<Integer> iterations, OnnxConfig options, Provider provider) {
    return options.planeCache() != PlaneCache.OFF
        && bundle.manifest().parts() != null
        && !provider.isGpu()
        && iterations.stream()
            .noneMatch(k -> isQuantised(bundle, k, options.precision(), true, provider));
  }

  /**
   * Checks that an explicitly requested precision is in the bundle.
   *
   * @throws ModelException with the iterations that have it
   */
  static void requirePrecision(ModelBundle bundle, int iterations, OnnxConfig options)
      throws ModelException {
    if (options.precision() != Precision.INT8) {
      return;
    }
    Manifest manifest = bundle.manifest();
    if (!manifest.isQuantised(iterations)) {
      throw new ModelException(
          bundle.manifestFile()
              + ": has no 8-bit graph for "
              + iterations
              + " iterations; expected "
              + (manifest.quantised() == null
                  ? "precision fp32 or auto"
                  : "one of " + manifest.requireQuantised().iterations()));
    }
    if (options.form() == Form.FULL || options.device().kind() != Device.Kind.CPU) {
      throw new ModelException(
          "precision int8 needs the rolling form on the CPU; found form "
              + options.form().name().toLowerCase(Locale.ROOT)
              + " on "
              + options.device());
    }
  }
}
