package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.ros.bag.BagFixture;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;

/** Checks what the operator sees: a message of one line, the exit code, no stack trace. */
class CommandLineTest {
  private static final Map<String, String> HOME = new TreeMap<>();

  @TempDir Path folder;

  private record Result(int exit, String out, String err) {
    /** Asserts the exit code and parts of the message, and that there is no stack trace. */
    Result failsWith(int expectedExit, String... parts) {
      assertThat(err).doesNotContain("\tat ", "Exception");
      assertThat(err).contains(parts);
      assertThat(exit).as(err).isEqualTo(expectedExit);
      return this;
    }
  }

  @BeforeEach
  void useTheTinyModels() {
    HOME.put("home", System.getProperty(ModelLibrary.HOME_PROPERTY, ""));
    System.setProperty(
        ModelLibrary.HOME_PROPERTY,
        Path.of("src", "test", "resources").toAbsolutePath().toString());
    NativeLibraries.loadOpenCv();
  }

  @AfterEach
  void restore() {
    System.setProperty(ModelLibrary.HOME_PROPERTY, HOME.get("home"));
  }

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Rackfocus.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Result(exit, out.toString(), err.toString());
  }

  /** Writes a stack folder with flat images and an index axis. */
  private Path stack(int images) throws IOException {
    Path stack = Files.createDirectories(folder.resolve("stack"));
    StringBuilder focus = new StringBuilder();
    for (int i = 0; i < images; i++) {
      Mat image = new Mat(48, 64, CvType.CV_8U, new Scalar(40 + i));
      Imgcodecs.imwrite(stack.resolve("%03d.png".formatted(i)).toString(), image);
      focus.append(i == 0 ? "" : ", ").append(i + 1);
    }
    Files.writeString(
        stack.resolve("stack.json"),
        "{\"focus\": [" + focus + "], \"unit\": \"index\", \"order\": \"far-first\"}");
    return stack;
  }

  @Test
  void shouldDescribeEveryCommand() {
    for (String command :
        new String[] {
          "demo",
          "run",
          "replay",
          "models",
          "models verify",
          "bench",
          "tail",
          "worker",
          "eval",
          "calibrate"
        }) {
      Result result = run((command + " --help").split(" "));
      assertThat(result.exit()).isZero();
      assertThat(result.out()).startsWith("Usage: rackfocus " + command);
    }
    assertThat(run("--version").out()).contains("rackfocus");
  }

  @Test
  void shouldReplayAStackToPictures() throws Exception {
    Path out = folder.resolve("out");
    Result result =
        run("replay", stack(5).toString(), "--model", "tiny-rolling", "--out", out.toString());
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(out.resolve("map-00000004"))
        .isDirectoryContaining("glob:**/depth.pfm")
        .isDirectoryContaining("glob:**/depth-colour.png")
        .isDirectoryContaining("glob:**/report.json");
    assertThat(result.out()).contains("Depth maps and pictures: " + out.resolve("map-00000004"));
  }

  /** A file in the way of a map's folder stands for a full disk: the write fails, not the start. */
  @Test
  void shouldExitWithOneWhenAMapCannotBeWritten() throws Exception {
    Path out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("map-00000004"), "in the way");
    String stack = stack(5).toString();
    Result result = run("replay", stack, "--model", "tiny-rolling", "--out", out.toString());
    result.failsWith(1, "to files: 1 of 1 maps were not delivered");
    assertThat(result.out()).doesNotContain("pictures: ").contains("digest of 1 maps");

    Path config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            source: {kind: folder, folder: {path: %s, loop: false, paced: false}}
            model: {name: tiny-rolling}
            sinks: {files: {enabled: true, folder: %s}}
            """
                .formatted(stack, out));
    run("run", "--config", config.toString())
        .failsWith(1, "to files: 1 of 1 maps were not delivered");
  }

  @Test
  void shouldExitWithOneWhenAReportCannotBeWritten() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "has a device that is always full");
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Path board = Files.createSymbolicLink(disk.resolve("board.pdf"), full);
    run("calibrate", "--print-board", board.toString())
        .failsWith(1, board + " cannot be written: No space left on device");
    Path json = Files.createSymbolicLink(disk.resolve("eval.json"), full);
    run("eval", stack(5).toString(), "--model", "tiny-rolling", "--json", json.toString())
        .failsWith(1, json + " cannot be written: No space left on device");
    Path maps = Files.createDirectories(folder.resolve("maps"));
    Path pfm = Files.createDirectories(maps.resolve("tiny-rolling")).resolve("stack.pfm");
    Files.createSymbolicLink(pfm, full);
    run("eval", stack(5).toString(), "--model", "tiny-rolling", "--out", maps.toString())
        .failsWith(1, pfm + " cannot be written: No space left on device");
    assertThat(full).exists();
  }

  /** A PrintWriter swallows what the system says of a full disk or a closed pipe. */
  @Test
  void shouldExitWithOneWhenStandardOutputCannotBeWritten() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    for (String[] command :
        new String[][] {{"--version"}, {"models"}, {"run", "--print-config"}, {"eval", "--help"}}) {
      assertThat(Rackfocus.run(command, full, err)).as("%s", command[0]).isEqualTo(1);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("rackfocus: standard output cannot be written: No space left on device");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    assertThat(Rackfocus.run(new String[] {"run", "--print-config"}, whole, err)).isZero();
    assertThat(whole.size()).isGreaterThan(10_000);
  }

  @Test
  void shouldRejectWrongUsage() {
    run().failsWith(2, "a command is missing");
    run("fly").failsWith(2, "fly");
    run("demo", "--size", "640").failsWith(2, "--size is '640'; expected WxH");
    run("demo", "--size", "9x9").failsWith(2, "width is 9; expected 32 to 4096");
    run("demo", "--planes", "65").failsWith(2, "sweep.planes is 65; expected 3 to 64");
    run("demo", "--planes", "two").failsWith(2, "--planes");
    run("demo", "--scenario", "flood")
        .failsWith(2, "scenario is 'flood'; expected still, breathing");
    run("bench", "--scenario", "flood").failsWith(2, "--scenario", "clock-offset, everything");
    run("run").failsWith(2, "--config FILE is missing");
    run("replay").failsWith(2, "STACK_DIR|FILE.bag");
  }

  private static Image image(long stampNanos, byte[] pixels) {
    Image image = new Image();
    image.header.stampNanos = stampNanos;
    image.encoding = "mono8";
    image.width = 64;
    image.height = 48;
    image.step = 64;
    image.data = ByteBuffer.wrap(pixels);
    return image;
  }

  private static LensState lens(long stampNanos, double focus) {
    LensState state = new LensState();
    state.header.stampNanos = stampNanos;
    state.focusDioptres = focus;
    state.settled = true;
    return state;
  }

  @Test
  void shouldReplayABagTwiceToOneDigest() throws Exception {
    BagFixture fixture = new BagFixture("lz4", 20_000);
    for (int i = 0; i < 12; i++) {
      long stamp = 100_000_000_000L + i * 50_000_000L;
      byte[] pixels = new byte[64 * 48];
      new java.util.Random(i % 4).nextBytes(pixels);
      fixture.add("/image", stamp, image(stamp, pixels));
      fixture.add("/lens_state", stamp, lens(stamp, 1 + i % 4));
    }
    String bag = fixture.write(folder.resolve("run.bag")).toString();
    Path config =
        Files.writeString(
            folder.resolve("bag.yaml"),
            "sweep: {planes: 4, farthest: 1, nearest: 4, registration: \"off\"}\n");
    String[] arguments = {"replay", bag, "--model", "tiny-rolling", "--config", config.toString()};
    Result first = run(arguments);
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out()).containsPattern("digest of 9 maps: sha256:[0-9a-f]{64}");
    String digest = first.out().substring(first.out().indexOf("digest of"));
    assertThat(run(arguments).out()).contains(digest);
    run("replay", bag, "--loop").failsWith(2, "--loop and --rate are for stack folders");
    run("replay", bag, "--model", "sml", "--image-topic", "/x").failsWith(1, "no topic /x");
    Path text = Files.writeString(folder.resolve("text.bag"), "this is not a bag at all");
    run("replay", text.toString(), "--model", "sml").failsWith(1, "is not a ROS bag; expected");
  }

  @Test
  void shouldRejectFoldersThatAreNotStacks() throws Exception {
    Path missing = folder.resolve("none");
    run("replay", missing.toString(), "--model", "sml")
        .failsWith(1, missing.toString(), "expected");
    Path stack = stack(5);
    Files.writeString(stack.resolve("002.png"), "no image");
    run("replay", stack.toString(), "--model", "sml").failsWith(1, "002.png");
    Files.writeString(stack.resolve("stack.json"), "{\"focus\": [1, 2], \"unit\": \"index\"}");
    run("replay", stack.toString(), "--model", "sml").failsWith(1, "stack.json");
  }

  @Test
  void shouldRejectFewerThanThreePlanes() throws Exception {
    run("replay", stack(2).toString(), "--model", "sml").failsWith(1, "2", "3");
  }

  @Test
  void shouldRejectModelsThatCannotRun() throws Exception {
    String stack = stack(5).toString();
    run("replay", stack, "--model", "nope").failsWith(1, "nope", "tiny-rolling");
    run("replay", stack, "--model", "tiny-rolling", "--iterations", "2")
        .failsWith(1, "2", "0, 1, 3");
    run("replay", stack, "--model", "tiny-rolling", "--device", "tpu").failsWith(2, "tpu", "cuda");
    run("replay", stack, "--model", "tiny-rolling", "--device", "cuda").failsWith(1, "CUDA");
    run("eval", stack, "--model", "nope").failsWith(2, "nope", "sml, ddl");
  }

  @Test
  void shouldRejectAnOutputFolderThatIsNotWritable() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    String out = file.resolve("below").toString();
    run("replay", stack(5).toString(), "--model", "sml", "--out", out).failsWith(1, out);
    run("demo", "--out", out).failsWith(1, out);
    run("eval", stack(5).toString(), "--model", "sml", "--out", out).failsWith(1, out);
  }

  @Test
  void shouldReportAllFaultsOfAConfiguration() throws Exception {
    Path file = Files.writeString(folder.resolve("node.yaml"), "robt: x\nmodel: {threads: -1}\n");
    run("run", "--config", file.toString())
        .failsWith(
            2, "2 faults", "robt is not an option", "model.threads is -1; expected 0 to 256");
    run("run", "--config", folder.resolve("none.yaml").toString()).failsWith(1, "none.yaml");
  }

  @Test
  void shouldRunAConfiguredNode() throws Exception {
    Path out = folder.resolve("maps");
    Path file =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            source: {kind: folder, folder: {path: %s, loop: false, paced: false}}
            model: {name: tiny-rolling}
            sinks: {files: {enabled: true, folder: %s}}
            """
                .formatted(stack(5), out));
    run("run", "--config", file.toString(), "--scenario", "flicker")
        .failsWith(2, "--scenario is for a simulated camera", "is folder; expected simulated");
    Result result = run("run", "--config", file.toString());
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(out).isNotEmptyDirectory();
  }
}
