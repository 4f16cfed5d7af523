import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.common.NativeLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Writes scenes of the simulated camera as stack folders with ground truth: validation data from a
 * renderer that was never used for training.
 *
 * <p>From the project's root, after a build:
 *
 * <pre>java -cp 'target/app/lib/*' training/tools/SimulatedStacks.java DIR FIRST_SEED SCENES WIDTH HEIGHT PLANES</pre>
 */
final class SimulatedStacks {
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 6) {
      System.err.println("expected: DIR FIRST_SEED SCENES WIDTH HEIGHT PLANES");
      System.exit(2);
    }
    NativeLibraries.loadOpenCv();
    int first = Integer.parseInt(arguments[1]);
    for (int seed = first; seed < first + Integer.parseInt(arguments[2]); seed++) {
      write(
          Path.of(arguments[0], String.format(Locale.ROOT, "sim-%04d", seed)),
          SimulatedCameraConfig.DEFAULTS
              .withSize(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]))
              .withPlanes(Integer.parseInt(arguments[5]))
              .withScene(SimulatedCameraConfig.DEFAULTS.scene().withSeed(seed))
              .withPlayback(SimulatedCameraConfig.DEFAULTS.playback().withPaced(false)));
    }
  }

  private static void write(Path folder, SimulatedCameraConfig config) throws Exception {
    Files.createDirectories(folder);
    StringJoiner focus = new StringJoiner(", ");
    try (SimulatedCamera camera = new SimulatedCamera(config, new FramePool(4))) {
      int planes = config.sweep().planes();
      for (int i = 0; i < planes; i++) {
        try (Frame frame = camera.next()) {
          Mat image = new Mat(frame.height(), frame.width(), CvType.CV_8U, frame.luma());
          Imgcodecs.imwrite(folder.resolve(String.format(Locale.ROOT, "%03d.png", i)).toString(), image);
          focus.add(Double.toString(frame.focus().focus()));
        }
      }
      // The truth of the middle of the sweep; breathing shifts the end planes by up to two pixels.
      camera.groundTruth(planes / 2).write(folder.resolve("depth.pfm"));
    }
    Files.writeString(
        folder.resolve("stack.json"),
        "{\"focus\": [" + focus + "], \"unit\": \"dioptre\", \"source\": \"simulated camera\"}\n");
  }
}
