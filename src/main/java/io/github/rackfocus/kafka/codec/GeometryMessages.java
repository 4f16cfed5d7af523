package io.github.rackfocus.kafka.codec;

import io.github.rackfocus.v1.CameraPose;
import io.github.rackfocus.v1.Intrinsics;
import java.util.Optional;

/** Intrinsics and pose of a camera as messages. */
final class GeometryMessages {
  private GeometryMessages() {}

  /** Returns the camera's intrinsics if it is calibrated. */
  static Optional<Intrinsics> intrinsics(CameraIdentity identity) {
    return Optional.ofNullable(identity.view().intrinsics())
        .map(pinhole ->
            Intrinsics.newBuilder()
                .setWidth(pinhole.width())
                .setHeight(pinhole.height())
                .setFx(pinhole.fx())
                .setFy(pinhole.fy())
                .setCx(pinhole.cx())
                .setCy(pinhole.cy())
                .build());
  }

  /** Returns the camera's pose if it is known. */
  static Optional<CameraPose> pose(CameraIdentity identity) {
    return Optional.ofNullable(identity.pose())
        .map(pose ->
            CameraPose.newBuilder()
                .setParentFrameId(pose.parentFrameId())
                .setXM(pose.xMetres())
                .setYM(pose.yMetres())
                .setZM(pose.zMetres())
                .setQx(pose.qx())
                .setQy(pose.qy())
                .setQz(pose.qz())
                .setQw(pose.qw())
                .build());
  }
}
