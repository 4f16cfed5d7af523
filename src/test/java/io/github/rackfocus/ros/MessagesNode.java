package io.github.rackfocus.ros;

import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import java.util.List;

/**
 * A node for the integration tests of {@code rackfocus_msgs}: prints each new LensState and replies
 * with a DepthInfo that has the same header.
 */
public final class MessagesNode {
  private MessagesNode() {}

  public static void main(String[] args) throws Exception {
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(List.of(args), System.getenv(), "messages"));
    node.endOnSignals();
    Publisher<DepthInfo> infos = node.newPublisher("depth/info", DepthInfo.TYPE, 5);
    DepthInfo info = new DepthInfo();
    node.newSubscriber("lens_state", LensState.TYPE)
        .addMessageListener(state -> {
          System.out.println(
              "LENS %s %d %s %s %s %s %d %d %d"
                  .formatted(
                      state.header.frameId,
                      state.header.stampNanos,
                      state.lensPowerDioptres,
                      state.focusDioptres,
                      state.temperatureCelsius,
                      state.settled,
                      state.sweepId,
                      state.planeIndex,
                      state.direction));
          info.header.frameId = state.header.frameId;
          info.header.stampNanos = state.header.stampNanos;
          info.sweepId = state.sweepId;
          info.planesMissing = state.planeIndex;
          info.planeFocusDioptres = new float[] {0.5f, 12.25f};
          info.planeStampsNanos = new long[] {1_000_000_002L, 4_000_000_000_000_000_007L};
          info.validityCounts = new long[] {4_294_967_295L, 0, 3};
          info.model = "proximal";
          info.stageNames = List.of("receive", "decode");
          info.deadlineMissed = true;
          infos.publish(info);
        });
    System.out.println("READY " + node.getName());
    node.awaitShutdown();
  }
}
