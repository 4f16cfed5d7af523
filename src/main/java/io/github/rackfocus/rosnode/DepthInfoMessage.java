package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.std_msgs.Header;

/** Fills a reused rackfocus_msgs/DepthInfo without allocating. Not thread-safe. */
final class DepthInfoMessage {
  private static final float MILLIS = 1e-6f;
  private static final Stage[] STAGES = Stage.values();

  private final DepthInfo message = new DepthInfo();

  /**
   * @param header shared with the images of the same map
   */
  DepthInfoMessage(Header header) {
    message.header = header;
    message.validityCounts = new long[Validity.count()];
    message.stageMillis = new float[STAGES.length];
    for (Stage stage : STAGES) {
      message.stageNames.add(stage.key());
    }
  }

  /**
   * Describes a map.
   *
   * @param sweepId the driver's number of its sweep; truncated to 32 bits
   * @param publishNanos time spent publishing its images so far
   * @return the reused message
   */
  DepthInfo of(
      io.github.rackfocus.depth.DepthInfo info,
      long sweepId,
      String calibrationSha256,
      long publishNanos) {
    message.sequence = info.sequence() & 0xffff_ffffL;
    message.sweepId = sweepId & 0xffff_ffffL;
    message.oldestStampNanos = info.oldestStampNanos();
    message.newestStampNanos = info.stampNanos();
    fillPlanes(info);
    message.planesMissing = info.planesMissing();
    message.iterations = info.iterations();
    message.deadlineMissed = info.isDeadlineMissed();
    message.depthMinM = (float) info.nearestDepth();
    message.depthMaxM = (float) info.farthestDepth();
    message.validShare = (float) info.validShare();
    for (int code = 0; code < message.validityCounts.length; code++) {
      message.validityCounts[code] = info.count(Validity.of(code));
    }
    message.model = info.model().name();
    message.modelVersion = info.model().version();
    message.modelSha256 = info.model().sha256();
    message.executionProvider = info.executionProvider();
    message.calibrationSha256 = calibrationSha256;
    for (int stage = 0; stage < message.stageMillis.length; stage++) {
      message.stageMillis[stage] = MILLIS * info.stageNanos(STAGES[stage]);
    }
    message.stageMillis[Stage.PUBLISH.ordinal()] = MILLIS * publishNanos;
    message.registration = info.registration().key();
    message.motionPx = (float) info.motionPixels();
    message.motionTrust = (float) info.motionTrust();
    message.referenceFocusDioptres = (float) info.referenceFocus();
    message.keyframeStampNanos = info.keyframeStampNanos();
    message.filter = info.filter().key();
    return message;
  }

  private void fillPlanes(io.github.rackfocus.depth.DepthInfo info) {
    int planes = info.planes();
    if (message.planeFocusDioptres.length != planes) {
      message.planeFocusDioptres = new float[planes];
      message.planeStampsNanos = new long[planes];
    }
    for (int plane = 0; plane < planes; plane++) {
      message.planeFocusDioptres[plane] = (float) info.planeFocus(plane);
      message.planeStampsNanos[plane] = info.planeStampNanos(plane);
    }
  }
}
