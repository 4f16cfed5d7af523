package io.github.rackfocus.node;

import io.github.rackfocus.frame.Reason;
import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.OnnxOptions;
import org.jspecify.annotations.Nullable;

/**
 * Which model runs, and how.
 *
 * @param name a bundle's, or {@code sml} or {@code ddl}, the hand-made baselines
 * @param iterations proximal iterations, one of those the bundle has; −1 for its default
 * @param device {@code cpu}, {@code cuda}, {@code cuda:n} or {@code auto}
 * @param threads that compute a map; 0 for one a core
 * @param spinning whether they wait busily within a map
 * @param arena whether ONNX Runtime keeps memory between maps
 * @param form {@code auto}, {@code rolling} or {@code full}
 */
public record ModelSettings(
    String name,
    int iterations,
    String device,
    int threads,
    boolean spinning,
    boolean arena,
    String form) {
  /** The model that runs unless another is named. */
  public static final String DEFAULT_MODEL = "proximal";

  /** The default model on the CPU. */
  public static final ModelSettings DEFAULT =
      new ModelSettings(DEFAULT_MODEL, -1, "cpu", 0, false, true, "auto");

  /** The same with what is given in its place; null leaves an option as it is. */
  public ModelSettings with(
      @Nullable String otherName,
      @Nullable Integer otherIterations,
      @Nullable String otherDevice,
      @Nullable Integer otherThreads) {
    return new ModelSettings(
        otherName == null ? name : otherName,
        otherIterations == null ? iterations : otherIterations,
        otherDevice == null ? device : otherDevice,
        otherThreads == null ? threads : otherThreads,
        spinning,
        arena,
        form);
  }

  static ModelSettings read(Settings settings) {
    ModelSettings read =
        new ModelSettings(
            settings.text("name", DEFAULT_MODEL, "a model's name", "see 'rackfocus models'"),
            settings.integer(
                "iterations", -1, -1, 64, "", "proximal iterations; -1: the model's default"),
            settings.text(
                "device",
                "cpu",
                "cpu | cuda | cuda:n | auto",
                "auto takes a GPU where there is one"),
            settings.integer("threads", 0, 0, 256, "", "that compute a map; 0: one a core"),
            settings.flag("spinning", false, "threads wait busily within a map"),
            settings.flag("arena", true, "ONNX Runtime keeps memory between maps"),
            settings.text(
                "form",
                "auto",
                "auto | rolling | full",
                "what depends on one image is kept (rolling)"));
    try {
      Device.parse(read.device());
      OnnxOptions.Form.parse(read.form());
    } catch (IllegalArgumentException e) {
      settings.reject("device", Reason.of(e));
    }
    return read;
  }
}
