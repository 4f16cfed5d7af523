package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.simulated.LookingCamera;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.eval.DepthMetrics;
import io.github.rackfocus.eval.Metric;
import io.github.rackfocus.frame.Pfm;
import io.github.rackfocus.lens.EmulatedLine;
import io.github.rackfocus.lens.OptotuneEmulator;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.sweep.FocusAxis;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A bench for the integration tests, a process of its own: an emulated Optotune driver on a
 * pseudo-terminal, and a camera that looks through its lens and publishes what it sees. It prints
 * the error of every depth map it receives, and pulls the plug when told to by standard input.
 */
public final class LensBenchNode {
  static final int WIDTH = 160;
  static final int HEIGHT = 120;
  static final int PLANES = 10;
  static final double RATE_HZ = 5;
  private static final double EXPOSURE_NANOS = 8e6;
  private static final String FRAME = "lens_optical_frame";

  private LensBenchNode() {}

  /** Arguments: the path that the terminal gets, then ROS's. */
  public static void main(String[] arguments) throws Exception {
    List<String> ros = new ArrayList<>(List.of(arguments));
    OptotuneEmulator emulator = new OptotuneEmulator('A', System::nanoTime);
    EmulatedLine line = new EmulatedLine(emulator, Path.of(ros.remove(0)));
    line.plugIn();
    ConnectedNode node =
        ConnectedNode.connect(NodeConfiguration.fromCommandLine(ros, System.getenv(), "bench"));
    node.endOnSignals();
    LookingCamera camera = new LookingCamera(WIDTH, HEIGHT);
    Pfm truth = camera.truth();
    listen(node, "depth/image_rect", "LENS", truth);
    listen(node, "direct/depth/image_rect", "DIRECT", truth);
    Thread plug = new Thread(() -> followInput(line, emulator), "plug");
    plug.setDaemon(true);
    plug.start();
    try {
      publish(node, camera, emulator);
    } finally {
      line.close();
    }
  }

  /** Takes an image in the middle of the time that the lens holds each plane. */
  private static void publish(ConnectedNode node, LookingCamera camera, OptotuneEmulator emulator)
      throws InterruptedException {
    Publisher<Image> images = node.newPublisher("cam/image_raw", Image.TYPE, 10);
    Publisher<CameraInfo> infos = node.newPublisher("cam/camera_info", CameraInfo.TYPE, 10);
    PinholeCameraInfo pinhole = new PinholeCameraInfo(FRAME, SimulatedCamera.focalWidths());
    long period = Math.round(1e9 / RATE_HZ);
    while (!node.isEnding()) {
      long now = node.getClock().nowNanos();
      long wait = period - now % period;
      Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
      long before = System.nanoTime();
      long stamp = node.getClock().nowNanos();
      long exposed = System.nanoTime();
      if (exposed - before > 1_000_000) {
        continue; // Held up between the two: nobody knows which focus belongs to the stamp.
      }
      double start = emulator.powerAt(exposed);
      double middle = emulator.powerAt(exposed + Math.round(EXPOSURE_NANOS / 2));
      double end = emulator.powerAt(exposed + Math.round(EXPOSURE_NANOS));
      Image image = new Image();
      image.header.stampNanos = stamp + Math.round(EXPOSURE_NANOS / 2);
      image.header.frameId = FRAME;
      image.width = WIDTH;
      image.height = HEIGHT;
      image.step = WIDTH;
      image.encoding = "mono8";
      image.data = ByteBuffer.wrap(camera.image(start, middle, end));
      CameraInfo info = new CameraInfo();
      pinhole.describe(info, WIDTH, HEIGHT);
      info.header.stampNanos = image.header.stampNanos;
      info.header.frameId = FRAME;
      infos.publish(info);
      images.publish(image);
    }
  }

  private static void listen(ConnectedNode node, String topic, String label, Pfm truth) {
    FocusAxis axis = FocusAxis.uniformDioptres(1 / 0.6, 1 / 0.1, PLANES);
    node.newSubscriber(topic, Image.TYPE)
        .addMessageListener(image -> {
          float[] depth = new float[WIDTH * HEIGHT];
          image.data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(depth);
          int valid = 0;
          for (int i = 0; i < depth.length; i++) {
            boolean known = Float.isFinite(depth[i]);
            depth[i] = known ? depth[i] : Float.NaN;
            valid += known ? 1 : 0;
          }
          if (valid == 0) {
            return;
          }
          var scores = DepthMetrics.of(depth, truth.values(), axis).scores();
          System.out.printf(
              Locale.ROOT,
              "%s %.5f %.4f %.3f%n",
              label,
              scores.get(Metric.ABS_REL),
              scores.get(Metric.MAE_PLANES),
              (double) valid / depth.length);
        });
  }

  private static void followInput(EmulatedLine line, OptotuneEmulator emulator) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String said = in.readLine(); said != null; said = in.readLine()) {
        if (said.equals("unplug")) {
          line.unplug();
        } else {
          line.plugIn();
        }
        System.out.println(
            said.toUpperCase(Locale.ROOT) + " at power " + emulator.powerAt(System.nanoTime()));
      }
    } catch (Exception e) {
      e.printStackTrace();
    }
  }
}
