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
import io.github.rackfocus.sweep.FrameResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reading side of a worker: turns records into stacks for inference. Not thread-safe. */
final class WorkerIntake {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerIntake.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration POLL_WITH_BACKLOG = Duration.ofMillis(10);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final AppConfig config;
  private final WorkerConfig worker;
  private final StackQueue queue;
  private final WorkerCounters counters;
  private final WorkerOutput output;
  private final LongSupplier nanoClock;
  private final FrameConsumer consumer;
  private final CameraTable cameras;
  private final LivenessFile liveness = LivenessFile.fromEnvironment();
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final ArrayDeque<FrameRecord> backlog = new ArrayDeque<>();
  private final long idleNanos;
  private long tickNanos;

  /**
   * Joins the group.
   *
   * @param model determines which sweeps are supported
   * @param nanoClock monotonic; stamps the arrival of frames
   */
  WorkerIntake(
      AppConfig config,
      DepthEstimator model,
      StackQueue queue,
      WorkerCounters counters,
      WorkerOutput output,
      LongSupplier nanoClock) {
    this.config = config;
    this.worker = config.worker();
    this.queue = queue;
    this.counters = counters;
    this.output = output;
    this.nanoClock = nanoClock;
    this.cameras = new CameraTable(config, model, queue, nanoClock);
    this.consumer = new FrameConsumer(FrameConsumerConfig.of(config), this::leave);
    this.idleNanos = (long) (1e9 * worker.limits().idleSeconds());
    this.tickNanos = nanoClock.getAsLong();
  }

  /** Reads the next records, as far as there is room for their stacks, and commits progress. */
  void turn() throws InterruptedException {
    backlog.addAll(consumer.poll(backlog.isEmpty() ? POLL : POLL_WITH_BACKLOG));
    while (!backlog.isEmpty() && queue.hasRoom()) {
      accept(backlog.removeFirst());
    }
    if (worker.backlog().whenBehind() == WhenBehind.NEWEST && worker.backlog().maxSeconds() > 0) {
      consumer.partitions().forEach(this::skipIfBehind);
    }
    consumer.hold(!backlog.isEmpty());
    long now = nanoClock.getAsLong();
    if (now - tickNanos >= TICK_NANOS) {
      tickNanos = now;
      tick();
    }
  }

  /** Commits and leaves the group. Call it when all maps are acknowledged or lost. */
  void close() {
    backlog.clear();
    consumer.close();
    cameras.clear();
  }

  private void tick() {
    long lag = backlog.size();
    for (PartitionProgress partition : List.copyOf(consumer.partitions())) {
      lag += consumer.lag(partition);
      updateReadBack(partition);
    }
    consumer.commit();
    counters.setState(consumer.partitions().size(), cameras.size(), lag);
    liveness.touch();
  }

  private void accept(FrameRecord record) throws InterruptedException {
    PartitionProgress partition = record.partition();
    boolean wanted = partition.isWanted(record.offset());
    counters.add(wanted ? Count.FRAMES : Count.FRAMES_READ_BACK);
    partition.read(record.offset());
    try {
      ReceivedFrame frame = record.parse(worker.limits().maxPixels());
      CameraPipeline camera = cameras.cameraOf(frame, partition);
      FrameResult result = camera.offer(frame, record.offset(), nanoClock.getAsLong(), idleNanos);
      FocalStack stack = camera.takeStack();
      if (wanted) {
        handleResult(record, frame, camera, result, stack);
      } else if (stack != null) {
        stack.close();
      }
    } catch (RejectedFrameException e) {
      if (wanted) {
        reject(record, e);
      }
    }
  }

  private void handleResult(
      FrameRecord record,
      ReceivedFrame frame,
      CameraPipeline camera,
      @Nullable FrameResult result,
      @Nullable FocalStack stack) {
    if (result == null || !result.isPlaced()) {
      String cause = result == null ? "noFrameFree" : result.key();
      counters.addDropped(cause);
      warnings.warn("{}: frame {} was dropped: {}", frame.identity().key(), record, cause);
      if (stack != null) {
        stack.close();
      }
    } else if (stack == null) {
      counters.add(Count.ASSEMBLING);
    } else if (Math.floorMod(frame.sequence(), config.rolling().everyNth()) != 0) {
      counters.add(Count.NOT_DUE);
      stack.close();
    } else {
      record.partition().begin(record.offset());
      Waiting replaced =
          queue.put(
              new Waiting(camera, frame.identity(), stack, record.offset(), record.partition()));
      if (replaced != null) {
        skip(replaced);
      }
    }
  }

  private void skip(Waiting stack) {
    counters.add(Count.SKIPPED_STACKS);
    stack.stack().close();
    stack.partition().finish(stack.offset());
  }

  private void reject(FrameRecord record, RejectedFrameException rejection)
      throws InterruptedException {
    String cause = rejection.reason().key();
    String message = cause + ": " + ErrorMessages.of(rejection);
    counters.addRejected(cause);
    warnings.warn("Record {} was rejected: {}", record, message);
    // A frame that has no room here is valid, and another worker may have room for it.
    if (worker.deadLetterTopic() == null || rejection.reason() == Cause.NO_ROOM) {
      return;
    }
    PartitionProgress partition = record.partition();
    long offset = record.offset();
    partition.begin(offset);
    output.sendDeadLetter(
        record,
        message,
        fault -> {
          partition.finish(offset);
          if (fault == null) {
            counters.add(Count.DEAD_LETTERS);
          } else {
            warnings.warn("Dead letter for {} was not sent: {}", record, fault);
          }
        });
  }

  /** A partition was revoked: stops all work for it. */
  private void leave(PartitionProgress partition) {
    updateReadBack(partition);
    backlog.removeIf(record -> record.partition() == partition);
    // Their frames are not finished, so that the next worker computes them.
    queue.remove(each -> each.partition() == partition).forEach(each -> each.stack().close());
    cameras.release(partition);
  }

  private void updateReadBack(PartitionProgress partition) {
    long finished = partition.finished();
    long from = finished;
    for (CameraPipeline camera : cameras.on(partition)) {
      from = Math.min(from, camera.neededFrom(finished));
    }
    partition.readBackFrom(from);
  }

  /**
   * Skips to the end of a partition, except for the sweeps that fill the stacks, if its depth would
   * be too old to be useful. The delay is computed from the cameras' stamps, so that no two clocks
   * are compared.
   */
  private void skipIfBehind(PartitionProgress partition) {
    long next = partition.next();
    long end = consumer.end(partition);
    // Records before `next` that are still to be read back do not count: they get no depth anyway.
    long unread = end - next;
    if (unread <= 0) {
      return;
    }
    double rateHz = 0;
    long spanNanos = 0;
    for (CameraPipeline camera : cameras.on(partition)) {
      rateHz += camera.rateHz();
      spanNanos = Math.max(spanNanos, camera.spanNanos());
    }
    if (rateHz == 0
        || spanNanos == Long.MAX_VALUE
        || unread / rateHz <= worker.backlog().maxSeconds()) {
      return;
    }
    long from = Math.max(next, end - (long) Math.ceil(rateHz * spanNanos / 1e9) - 1);
    LOG.warn(
        "Partition {} is {} s behind; skipping {} frames up to offset {}",
        partition.partition(),
        Math.round(unread / rateHz),
        unread,
        end);
    counters.add(Count.FRAMES_SKIPPED, unread);
    backlog.removeIf(record -> record.partition() == partition);
    queue.remove(each -> each.partition() == partition).forEach(this::skip);
    cameras.on(partition).forEach(CameraPipeline::clear);
    consumer.skip(partition, from, end);
  }
}
