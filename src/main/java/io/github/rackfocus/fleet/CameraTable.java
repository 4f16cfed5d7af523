package io.github.rackfocus.fleet;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.WorkerConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.kafka.codec.ReceivedFrame;
import io.github.rackfocus.kafka.codec.RejectedFrameException;
import io.github.rackfocus.kafka.codec.RejectedFrameException.Cause;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cameras of a worker, within the limits on their number and memory. Not thread-safe.
 *
 * <p>A camera that is silent by this machine's clock may only be late, and would lose the sweep
 * that fills its stack again. It is therefore released only when another camera needs its place.
 * Whether its stack starts again depends on its own stamps.
 */
final class CameraTable {
  private static final Logger LOG = LoggerFactory.getLogger(CameraTable.class);

  private final AppConfig config;
  private final WorkerConfig worker;
  private final DepthEstimator model;
  private final StackQueue queue;
  private final LongSupplier nanoClock;
  private final Map<String, CameraPipeline> cameras = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param model determines which sweeps are supported
   * @param queue closes the estimators of released cameras
   * @param nanoClock monotonic
   */
  CameraTable(AppConfig config, DepthEstimator model, StackQueue queue, LongSupplier nanoClock) {
    this.config = config;
    this.worker = config.worker();
    this.model = model;
    this.queue = queue;
    this.nanoClock = nanoClock;
  }

  int size() {
    return cameras.size();
  }

  /**
   * Returns the camera of a frame; creates it if it is new or its images or sweep have changed.
   *
   * @throws RejectedFrameException if its sweep is not supported, or there is no room for the
   *     camera
   */
  CameraPipeline cameraOf(ReceivedFrame frame, PartitionProgress partition)
      throws RejectedFrameException {
    String key = frame.identity().key();
    CameraPipeline known = cameras.get(key);
    if (known != null && known.accepts(frame, partition)) {
      return known;
    }
    FocusAxis axis = axisOf(frame);
    if (known != null) {
      LOG.info("{}: images or sweep changed; starting a new stack", key);
      release(key);
    }
    CameraPipeline created =
        new CameraPipeline(
            frame,
            axis,
            partition,
            config.rolling(),
            config.validity(),
            worker.backlog().queueDepth(),
            worker.backlog().readBackSweeps());
    if (!hasRoomFor(created)) {
      releaseSilent();
    }
    if (!hasRoomFor(created)) {
      throw new RejectedFrameException(Cause.NO_ROOM, noRoomMessage(key, created));
    }
    bytes += created.bytes();
    cameras.put(key, created);
    return created;
  }

  private boolean hasRoomFor(CameraPipeline camera) {
    return cameras.size() < worker.limits().maxCameras()
        && bytes + camera.bytes() <= worker.limits().maxMemoryBytes();
  }

  private String noRoomMessage(String key, CameraPipeline camera) {
    return String.format(
        Locale.ROOT,
        "%s would be camera %d and needs %d MiB, %d of %d MiB are in use; expected at most %d"
            + " cameras; start another worker",
        key,
        cameras.size() + 1,
        camera.bytes() >> 20,
        bytes >> 20,
        worker.limits().maxMemoryBytes() >> 20,
        worker.limits().maxCameras());
  }

  private FocusAxis axisOf(ReceivedFrame frame) throws RejectedFrameException {
    FocusAxis axis;
    try {
      axis = new FocusAxis(frame.scale(), frame.planeFocus());
    } catch (IllegalArgumentException e) {
      throw new RejectedFrameException(Cause.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (axis.planes() < model.minPlanes() || axis.planes() > model.maxPlanes()) {
      throw new RejectedFrameException(
          Cause.UNSUPPORTED,
          "sweep has "
              + axis.planes()
              + " planes; expected "
              + model.minPlanes()
              + " to "
              + model.maxPlanes()
              + " for model "
              + model.model().name());
    }
    return axis;
  }

  private void releaseSilent() {
    long now = nanoClock.getAsLong();
    long idleNanos = (long) (1e9 * worker.limits().idleSeconds());
    releaseIf(
        camera -> now - camera.lastSeenNanos() > idleNanos,
        key ->
            LOG.info(
                "{}: silent for {} s; releasing it for another camera",
                key,
                worker.limits().idleSeconds()));
  }

  /** Releases the cameras of a partition. */
  void release(PartitionProgress partition) {
    releaseIf(camera -> camera.partition() == partition, key -> {});
  }

  private void releaseIf(Predicate<CameraPipeline> condition, Consumer<String> log) {
    List<String> keys = new ArrayList<>();
    cameras.forEach((key, camera) -> {
      if (condition.test(camera)) {
        keys.add(key);
      }
    });
    for (String key : keys) {
      log.accept(key);
      release(key);
    }
  }

  private void release(String key) {
    CameraPipeline camera = cameras.remove(key);
    if (camera != null) {
      bytes -= camera.bytes();
      camera.clear();
      queue.retire(camera);
    }
  }

  /** The cameras of a partition. */
  List<CameraPipeline> on(PartitionProgress partition) {
    return cameras.values().stream().filter(each -> each.partition() == partition).toList();
  }

  /** Clears all stacks. */
  void clear() {
    cameras.values().forEach(CameraPipeline::clear);
  }
}
