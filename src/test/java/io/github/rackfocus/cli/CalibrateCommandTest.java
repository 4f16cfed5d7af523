package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.rackfocus.eval.StackFolders;
import io.github.rackfocus.ros.bag.BagFixture;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CalibrateCommandTest {
  private static final int SIZE = 128;
  private static final double GAIN = 0.8;
  private static final double OFFSET = 4;
  private static final double DELAY = 0.03;
  private static final String CAMERA =
      """
      image_width: 128
      image_height: 128
      camera_name: bench
      camera_matrix: {rows: 3, cols: 3, data: [150, 0, 64, 0, 150, 64, 0, 0, 1]}
      depth_offset_m: 0.002
      """;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    String[] texts = new String[arguments.length + 1];
    texts[0] = "calibrate";
    for (int i = 0; i < arguments.length; i++) {
      texts[i + 1] = arguments[i].toString();
    }
    CommandLine command = Rackfocus.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(texts);
  }

  /** Two sweeps up and down, past a textured plane, of a lens whose power may be negative. */
  private Path bag(double metres) throws IOException {
    Random random = new Random(3);
    double[] texture = new double[SIZE * SIZE];
    for (int i = 0; i < texture.length; i++) {
      texture[i] = random.nextGaussian();
    }
    BagFixture bag = new BagFixture("lz4", 1 << 16);
    for (int i = 0; i < 80; i++) {
      double seconds = i / 20.0;
      long stamp = 100_000_000_000L + Math.round(seconds * 1e9);
      double blur = (GAIN * power(seconds - DELAY) + OFFSET - 1 / (metres - 0.002)) / 0.7;
      double contrast = 60 / Math.pow(1 + blur * blur, 0.75);
      byte[] pixels = new byte[SIZE * SIZE];
      for (int p = 0; p < pixels.length; p++) {
        double value = 128 + contrast * texture[p] + random.nextGaussian();
        pixels[p] = (byte) Math.max(0, Math.min(255, value));
      }
      Image image = new Image();
      image.header.stampNanos = stamp;
      image.encoding = "mono8";
      image.width = SIZE;
      image.height = SIZE;
      image.step = SIZE;
      image.data = ByteBuffer.wrap(pixels);
      LensState state = new LensState();
      state.header.stampNanos = stamp;
      state.focusDioptres = Double.NaN;
      state.lensPowerDioptres = power(seconds);
      state.temperatureCelsius = Float.NaN;
      state.settled = true;
      state.direction = (byte) (i / 20 % 2 == 0 ? 1 : -1);
      bag.add("/lens_state", stamp + 1_000_000, state);
      bag.add("/image", stamp + 2_000_000, image);
    }
    return bag.write(folder.resolve(Math.round(1000 * metres) + "mm.bag"));
  }

  /** From -4 to 6 dioptres and back in two seconds. */
  private static double power(double seconds) {
    double within = seconds - 2 * Math.floor(seconds / 2);
    return -4 + 10 * (within < 1 ? within : 2 - within);
  }

  @Test
  void shouldCalibrateTheLensFromBagsOfPlanes() throws Exception {
    Path camera = Files.writeString(folder.resolve("camera.yaml"), CAMERA);
    Path file = folder.resolve("out").resolve("bench.yaml");
    Path report = folder.resolve("report.html");
    int code =
        run(
            bag(0.15),
            bag(0.2),
            bag(0.35),
            "--plane-distances",
            "0.15,0.2,0.35",
            "--camera",
            camera,
            "--out",
            file,
            "--report",
            report);
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    CameraCalibration found = CalibrationFile.read(file);
    assertThat(found.cameraName()).isEqualTo("bench");
    assertThat(found.lens().powerGain()).isCloseTo(GAIN, within(0.02));
    assertThat(found.lens().powerOffset()).isCloseTo(OFFSET, within(0.05));
    assertThat(found.lens().timing().lagUpSeconds()).isCloseTo(DELAY, within(0.002));
    assertThat(found.lens().depthOffsetMetres()).as("as it was").isEqualTo(0.002);
    assertThat(found.camera()[0]).as("as it was").isEqualTo(150);
    assertThat(out.toString())
        .contains("power_gain", "±", "dpt", "not estimated: camera_matrix: needs a board")
        .contains("Camera file: " + file);
    assertThat(Files.readString(report)).startsWith("<!DOCTYPE html>").contains("<svg");
  }

  @Test
  void shouldPrintABoard() {
    Path pdf = folder.resolve("board.pdf");
    assertThat(run("--print-board", pdf, "--squares", "9x6", "--paper", "letter")).isZero();
    assertThat(pdf).exists();
    assertThat(out.toString()).contains("9x6 squares of 15 mm", "Print it at 100 %");
  }

  @Test
  void shouldRefuseAStackWithoutDioptres() throws Exception {
    Path stack = StackFolders.index(folder, "index", false);
    assertThat(run(stack, "--scene")).isEqualTo(1);
    assertThat(err.toString()).contains("index: its focus is an index; expected dioptres");
  }

  @Test
  void shouldSayWhatIsWrongWithTheCommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString())
        .contains("a recording is missing; expected stack folders or bags, --live");
    assertThat(run("--live", "20")).isEqualTo(2);
    assertThat(err.toString()).contains("--live needs --image-topic");
    assertThat(run("--live", "9999", "--image-topic", "/x")).isEqualTo(2);
    assertThat(err.toString()).contains("--live is 9999.0; expected 1 to 600.0 s");
    assertThat(run("a.bag", "--live", "20", "--image-topic", "/x")).isEqualTo(2);
    assertThat(err.toString()).contains("--live and recordings exclude each other");
    assertThat(run("a", "b", "--plane-distances", "0.1")).isEqualTo(2);
    assertThat(err.toString()).contains("--plane-distances has 1 distances for 2 recordings");
    assertThat(run("a", "--scene", "--plane-distances", "0.1")).isEqualTo(2);
    assertThat(err.toString()).contains("--scene and --plane-distances exclude each other");
    assertThat(run("a", "--name", "../a")).isEqualTo(2);
    assertThat(err.toString()).contains("--name is '../a'; expected up to 64 letters");
    assertThat(run("--print-board", folder.resolve("board.txt"))).isEqualTo(2);
    assertThat(err.toString()).contains("expected a name that ends in .pdf or .png");
    assertThat(run(folder.resolve("none"))).isEqualTo(1);
  }
}
