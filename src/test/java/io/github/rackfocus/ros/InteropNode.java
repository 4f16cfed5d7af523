package io.github.rackfocus.ros;

import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.String;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node for the integration tests, which run it in its own process with real ROS. It publishes
 * {@code out} at 20 Hz and a latched {@code greeting}, prints what it receives on {@code in},
 * provides {@code ~flip}, and prints a line when it is shut down.
 */
public final class InteropNode {
  static final int WIDTH = 320;
  static final int HEIGHT = 240;

  private InteropNode() {}

  public static void main(java.lang.String[] args) throws Exception {
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(List.of(args), System.getenv(), "interop"));
    node.endOnSignals();
    node.addShutdownListener(() -> System.out.println("ENDING"));
    Publisher<Image> out = node.newPublisher("out", Image.TYPE, 5);
    Publisher<String> greeting = node.newPublisher("greeting", String.TYPE, 1, true);
    String hello = new String();
    hello.data = "hello from " + node.getName();
    greeting.publish(hello);
    AtomicInteger received = new AtomicInteger();
    node.newSubscriber("in", Image.TYPE)
        .addMessageListener(image ->
            System.out.println(
                "RECEIVED "
                    + received.incrementAndGet()
                    + " "
                    + image.width
                    + "x"
                    + image.height
                    + " "
                    + image.encoding
                    + " bytes "
                    + image.data.remaining()
                    + " stamp "
                    + image.header.stampNanos));
    node.newServiceServer(
        "~flip",
        SetBool.TYPE,
        (request, response) -> {
          response.success = !request.data;
          response.message = "was " + request.data;
        });
    node.getParameterTree()
        .addParameterListener("~gain", value -> System.out.println("GAIN " + value));
    System.out.println("READY " + node.getName());
    while (!node.isEnding()) {
      out.publish(image(node.getClock().nowNanos()));
      Thread.sleep(50);
    }
    node.awaitShutdown();
    System.out.println("ENDED");
  }

  static Image image(long stampNanos) {
    Image image = new Image();
    image.header.stampNanos = stampNanos;
    image.header.frameId = "camera_optical_frame";
    image.width = WIDTH;
    image.height = HEIGHT;
    image.step = WIDTH;
    image.encoding = "mono8";
    image.data = ByteBuffer.allocate(WIDTH * HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.data.put(i, (byte) i);
    }
    return image;
  }
}
