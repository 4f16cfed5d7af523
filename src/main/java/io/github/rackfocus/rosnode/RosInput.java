package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The frame source of a ROS node and what is known of the camera behind it.
 *
 * @param source of the frames
 * @param camera the camera that they come from
 * @param sweepIds returns the number of the sweep that a map belongs to; 0 if sweeps are not
 *     counted
 * @param demand receives, several times a second, whether frames are wanted
 * @param causes returns the counts of rejected images and readings by cause
 * @param lensListener takes the readings of a lens that this node drives
 */
record RosInput(
    FrameSource source,
    CameraInfoSource camera,
    ToLongFunction<DepthInfo> sweepIds,
    Consumer<Boolean> demand,
    Supplier<Map<String, Long>> causes,
    Consumer<LensState> lensListener) {
  /** A source that ignores demand and rejects nothing. */
  RosInput(FrameSource source, CameraInfoSource camera, ToLongFunction<DepthInfo> sweepIds) {
    this(source, camera, sweepIds, wanted -> {}, Map::of, state -> {});
  }
}
