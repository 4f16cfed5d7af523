package io.github.rackfocus.ros;

import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A node for the integration tests of faults: publishes numbered images on {@code out} at {@code
 * _rate:=} Hz with queue size {@code _queue:=}, and prints twice a second how many images it
 * received on {@code in} and sent, and how many slow subscribers lost.
 */
public final class FaultsNode {
  private FaultsNode() {}

  public static void main(String[] args) throws Exception {
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(List.of(args), System.getenv(), "faults"));
    node.endOnSignals();
    long periodNanos = (long) (1e9 / node.getParameterTree().getDouble("~rate", 20));
    Publisher<Image> out =
        node.newPublisher("out", Image.TYPE, node.getParameterTree().getInteger("~queue", 5));
    AtomicLong received = new AtomicLong();
    node.newSubscriber("in", Image.TYPE).addMessageListener(any -> received.incrementAndGet());
    System.out.println("READY " + node.getName());
    Image image = InteropNode.image(0);
    image.data.order(ByteOrder.LITTLE_ENDIAN);
    int number = 0;
    long said = System.nanoTime();
    for (long due = System.nanoTime(); !node.isEnding(); due += periodNanos) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      image.header.stampNanos = node.getClock().nowNanos();
      ByteBuffer data = image.data;
      data.putInt(0, number++);
      out.publish(image);
      if (System.nanoTime() - said > 500_000_000L) {
        said = System.nanoTime();
        System.out.println(
            "STATE received %d sent %d dropped %d"
                .formatted(received.get(), number, out.dropped()));
      }
    }
    node.awaitShutdown();
  }
}
