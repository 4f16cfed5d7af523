package io.github.rackfocus.fleet;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.WorkerConfig;
import io.github.rackfocus.config.WorkerConfig.WhenBehind;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.fleet.StackQueue.Waiting;
import io.github.rackfocus.fleet.WorkerCounters.Count;
import io.github.rackfocus.kafka.codec.ReceivedFrame;
import io.github.rackfocus.kafka.codec.RejectedFrameException;
import io.github.rackfocus.kafka.codec.RejectedFrameException.Cause;
import io.github.rackfocus.node.LivenessFile;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reading side of a worker: from records to stacks that wait for inference. For one thread. */
final class WorkerIntake {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerIntake.class);
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration WHILE_WAITING = Duration.ofMillis(10);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final AppConfig configuration;
  private final WorkerConfig settings;
  private final DepthEstimator model;
  private final StackQueue queue;
  private final WorkerCounters counters;
  private final WorkerOutput output;
  private final FrameConsumer consumer;
  private final LivenessFile alive = LivenessFile.fromEnvironment();
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final Map<String, CameraPipeline> cameras = new LinkedHashMap<>();
  private final ArrayDeque<FrameRecord> backlog = new ArrayDeque<>();
  private long bytes;
  private long tickedNanos = System.nanoTime();

  /**
   * Joins the group.
   *
   * @param model tells which sweeps can be taken
   */
  WorkerIntake(
      AppConfig configuration,
      DepthEstimator model,
      StackQueue queue,
      WorkerCounters counters,
      WorkerOutput output) {
    this.configuration = configuration;
    this.settings = configuration.worker();
    this.model = model;
    this.queue = queue;
    this.counters = counters;
    this.output = output;
    this.consumer = new FrameConsumer(configuration.workerConsumer(), this::leave);
  }

  /** Reads what there is, as far as there is room for it, and looks after the group. */
  void turn() throws InterruptedException {
    backlog.addAll(consumer.poll(backlog.isEmpty() ? PATIENCE : WHILE_WAITING));
    while (!backlog.isEmpty() && queue.hasRoom()) {
      take(backlog.removeFirst());
    }
    if (settings.backlog().whenBehind() == WhenBehind.NEWEST && settings.backlog().maxSeconds() > 0) {
      consumer.partitions().forEach(this::skipIfBehind);
    }
    consumer.hold(!backlog.isEmpty());
    long now = System.nanoTime();
    if (now - tickedNanos >= TICK_NANOS) {
      tickedNanos = now;
      tick();
    }
  }

  /** Commits and leaves the group; call it when every map has been acknowledged or given up. */
  void close() {
    backlog.clear();
    consumer.close();
    cameras.values().forEach(CameraPipeline::clear);
  }

  private void tick() {
    long lag = backlog.size();
    for (PartitionProgress partition : List.copyOf(consumer.partitions())) {
      lag += consumer.lag(partition);
      noteReadBack(partition);
    }
    consumer.commit();
    counters.state(consumer.partitions().size(), cameras.size(), lag);
    alive.touch();
  }

  private void take(FrameRecord record) throws InterruptedException {
    PartitionProgress partition = record.partition();
    boolean wanted = partition.isWanted(record.offset());
    counters.add(wanted ? Count.FRAMES : Count.FRAMES_READ_BACK);
    partition.read(record.offset());
    try {
      ReceivedFrame frame = record.parse(settings.limits().maxPixels());
      CameraPipeline camera = laneOf(frame, partition);
      FrameResult placement =
          camera.offer(frame, record.offset(), System.nanoTime(), seconds(settings.limits().idleSeconds()));
      FocalStack stack = camera.takeStack();
      if (wanted) {
        count(record, frame, camera, placement, stack);
      } else if (stack != null) {
        stack.close();
      }
    } catch (RejectedFrameException e) {
      if (wanted) {
        refuse(record, e);
      }
    }
  }

  private void count(
      FrameRecord record,
      ReceivedFrame frame,
      CameraPipeline camera,
      @Nullable FrameResult placement,
      @Nullable FocalStack stack) {
    if (placement == null || !placement.isPlaced()) {
      String cause = placement == null ? "noFrameFree" : placement.key();
      counters.dropped(cause);
      trouble.warn("{}: {} was dropped: {}", frame.identity().key(), record, cause);
      if (stack != null) {
        stack.close();
      }
    } else if (stack == null) {
      counters.add(Count.ASSEMBLING);
    } else if (Math.floorMod(frame.sequence(), configuration.rolling().everyNth()) != 0) {
      counters.add(Count.NOT_DUE);
      stack.close();
    } else {
      record.partition().begin(record.offset());
      Waiting old =
          queue.put(
              new Waiting(camera, frame.identity(), stack, record.offset(), record.partition()));
      if (old != null) {
        giveUp(old);
      }
    }
  }

  private void giveUp(Waiting stack) {
    counters.add(Count.SKIPPED_STACKS);
    stack.stack().close();
    stack.partition().finish(stack.offset());
  }

  private void refuse(FrameRecord record, RejectedFrameException refusal)
      throws InterruptedException {
    counters.refused(refusal.reason().key());
    trouble.warn("{} was refused as {}: {}", record, refusal.reason().key(), ErrorMessages.of(refusal));
    // What has no room here is sound, and another worker may have.
    if (settings.deadLetterTopic() == null || refusal.reason() == Cause.NO_ROOM) {
      return;
    }
    PartitionProgress partition = record.partition();
    long offset = record.offset();
    partition.begin(offset);
    output.sendDeadLetter(
        record,
        refusal.reason().key() + ": " + ErrorMessages.of(refusal),
        fault -> {
          partition.finish(offset);
          if (fault == null) {
            counters.add(Count.DEAD_LETTERS);
          } else {
            trouble.warn("no dead letter was written: {}", fault);
          }
        });
  }

  private CameraPipeline laneOf(ReceivedFrame frame, PartitionProgress partition)
      throws RejectedFrameException {
    String key = frame.identity().key();
    CameraPipeline known = cameras.get(key);
    if (known != null && known.takes(frame, partition)) {
      return known;
    }
    FocusAxis axis = axisOf(frame);
    if (known != null) {
      LOG.info("{}: its images or its sweep changed; its stack begins anew", key);
      retire(key);
    }
    CameraPipeline made =
        new CameraPipeline(
            frame,
            axis,
            partition,
            configuration.rolling(),
            configuration.validity(),
            settings.backlog().queueDepth(),
            settings.backlog().readBackSweeps());
    if (!hasRoomFor(made)) {
      retireIdle();
    }
    if (!hasRoomFor(made)) {
      throw new RejectedFrameException(
          Cause.NO_ROOM,
          String.format(
              Locale.ROOT,
              "%s would be camera %d and take %d MiB; %d of %d MiB are taken; expected at most %d"
                  + " cameras; start another worker",
              key,
              cameras.size() + 1,
              made.bytes() >> 20,
              bytes >> 20,
              settings.limits().maxMemoryBytes() >> 20,
              settings.limits().maxCameras()));
    }
    bytes += made.bytes();
    cameras.put(key, made);
    return made;
  }

  private boolean hasRoomFor(CameraPipeline camera) {
    return cameras.size() < settings.limits().maxCameras()
        && bytes + camera.bytes() <= settings.limits().maxMemoryBytes();
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
          "its sweep has "
              + axis.planes()
              + " planes; model "
              + model.model().name()
              + " takes "
              + model.minPlanes()
              + " to "
              + model.maxPlanes());
    }
    return axis;
  }

  private void retire(String key) {
    CameraPipeline camera = cameras.remove(key);
    if (camera != null) {
      bytes -= camera.bytes();
      camera.clear();
      queue.retire(camera);
    }
  }

  /**
   * Makes room. A camera that is silent on this machine's clock may only be late, and would lose
   * the sweep that fills its stack again: so cameras are let go by that clock only where others
   * want their place. Whether one begins anew is told by its own stamps.
   */
  private void retireIdle() {
    long now = System.nanoTime();
    long idle = seconds(settings.limits().idleSeconds());
    List<String> silent = new ArrayList<>();
    cameras.forEach((key, camera) -> {
      if (now - camera.lastSeenNanos() > idle) {
        silent.add(key);
      }
    });
    silent.forEach(key -> {
      LOG.info("{}: silent for {} s; another camera takes its place", key, settings.limits().idleSeconds());
      retire(key);
    });
  }

  /** A partition goes to another worker: nothing more is computed for it here. */
  private void leave(PartitionProgress partition) {
    noteReadBack(partition);
    backlog.removeIf(record -> record.partition() == partition);
    // Not finished: the next worker computes them.
    queue.remove(each -> each.partition() == partition).forEach(each -> each.stack().close());
    List<String> gone = new ArrayList<>();
    cameras.forEach((key, camera) -> {
      if (camera.partition() == partition) {
        gone.add(key);
      }
    });
    gone.forEach(this::retire);
  }

  private void noteReadBack(PartitionProgress partition) {
    long finished = partition.finished();
    long from = finished;
    for (CameraPipeline camera : on(partition)) {
      from = Math.min(from, camera.neededFrom(finished));
    }
    partition.readBackFrom(from);
  }

  private Collection<CameraPipeline> on(PartitionProgress partition) {
    return cameras.values().stream().filter(each -> each.partition() == partition).toList();
  }

  /**
   * Far behind, depth is too old to be worth its work: goes to the partition's end, but for the
   * sweeps that fill the stacks. How far behind is told by the cameras' own stamps, so that no two
   * clocks are compared.
   */
  private void skipIfBehind(PartitionProgress partition) {
    long next = partition.next();
    long end = consumer.end(partition);
    // Not what lies before it and is still to be read back: that gets no depth in any case.
    long unread = end - next;
    if (unread <= 0) {
      return;
    }
    double rateHz = 0;
    long spanNanos = 0;
    for (CameraPipeline camera : on(partition)) {
      rateHz += camera.rateHz();
      spanNanos = Math.max(spanNanos, camera.spanNanos());
    }
    if (rateHz == 0
        || spanNanos == Long.MAX_VALUE
        || unread / rateHz <= settings.backlog().maxSeconds()) {
      return;
    }
    long from = Math.max(next, end - (long) Math.ceil(rateHz * spanNanos / 1e9) - 1);
    LOG.warn(
        "partition {} is {} s behind: {} frames, up to offset {}, get no depth",
        partition.partition(),
        Math.round(unread / rateHz),
        unread,
        end);
    counters.add(Count.FRAMES_SKIPPED, unread);
    backlog.removeIf(record -> record.partition() == partition);
    queue.remove(each -> each.partition() == partition).forEach(this::giveUp);
    on(partition).forEach(CameraPipeline::clear);
    consumer.skip(partition, from, end);
  }

  private static long seconds(double seconds) {
    return (long) (1e9 * seconds);
  }
}
