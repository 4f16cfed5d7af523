package io.github.rackfocus.fleet;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.WorkerConfig;
import io.github.rackfocus.config.WorkerConfig.WhenBehind;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.fleet.StackQueue.Waiting;
import io.github.rackfocus.fleet.WorkerCounters.Count;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.KafkaHealthPublisher;
import io.github.rackfocus.kafka.ProducerFactory;
import io.github.rackfocus.node.LivenessFile;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the depth of a fleet's frames: reads them from Kafka, assembles each camera's stack,
 * runs inference and publishes the maps. Any number of workers in a group share the cameras.
 *
 * <p>One thread reads, unpacks and assembles; the other computes. A frame is finished when its map
 * is acknowledged (or it is counted as having none). If a worker dies, another one takes over its
 * partitions, reads the last sweeps back and continues with the first unfinished frame; maps that
 * are computed twice have equal ids and bytes. Records that are not valid frames are counted and
 * skipped. The worker waits for an unavailable broker.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final long RETRY_MILLIS = 500;

  private final AppConfig config;
  private final LongSupplier nanoClock;
  private final KafkaDepthSinkConfig sink;
  private final CameraEstimators estimators;
  private final StackQueue queue;
  private final WorkerCounters counters = new WorkerCounters();
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private final StageRunner reading = StageRunner.of("worker-read", new ReadingStage());
  private final StageRunner computing = StageRunner.of("worker-depth", new ComputingStage());
  private volatile @Nullable WorkerOutput output;
  private volatile @Nullable IOException failure;
  private volatile boolean stopping;

  /**
   * Opens the model; call {@link #start} next.
   *
   * @throws IOException if the model cannot be opened
   * @throws IllegalArgumentException if the configuration has no Kafka sink, or has a filter
   */
  public Worker(AppConfig config) throws IOException {
    this(config, System::nanoTime);
  }

  /**
   * @param nanoClock monotonic; measures latency and silence of cameras
   */
  Worker(AppConfig config, LongSupplier nanoClock) throws IOException {
    WorkerConfig settings = config.worker();
    this.config = config;
    this.nanoClock = nanoClock;
    this.sink = config.workerSink();
    if (config.filter() != FilterMode.OFF) {
      throw new IllegalArgumentException(
          "filter is "
              + config.filter().key()
              + "; expected off, because a map must not depend on which worker computed those"
              + " before it");
    }
    FrameConsumerConfig.of(config); // Reports faults before the model is opened.
    WorkerConfig.Backlog backlog = settings.backlog();
    this.queue = new StackQueue(backlog.queueDepth(), backlog.whenBehind() == WhenBehind.NEWEST);
    this.estimators = CameraEstimators.open(config.model());
  }

  /** Starts the threads. */
  public void start() {
    computing.start();
    reading.start();
  }

  /** Makes the worker finish the frames it has read and leave its group; returns at once. */
  public void stop() {
    stopping = true;
  }

  /**
   * Waits until both threads have ended.
   *
   * @throws IOException if one of its stages failed
   */
  public void awaitEnd() throws InterruptedException, IOException {
    reading.join();
    computing.join();
    if (failure != null) {
      throw failure;
    }
  }

  /** Returns the current counts. Thread-safe. */
  public WorkerHealth health() {
    return counters.health(queue.size());
  }

  /** Stops the worker and waits until both threads have ended. */
  @Override
  public void close() {
    stop();
    reading.joinUninterrupted();
    computing.joinUninterrupted();
    estimators.close();
  }

  /** Reads frames and assembles stacks. */
  private final class ReadingStage implements StageRunner.Stage {
    private @Nullable WorkerIntake intake;
    private @Nullable KafkaHealthPublisher health;

    @Override
    public boolean doWork() throws IOException, InterruptedException {
      WorkerIntake frames = intake;
      if (frames == null) {
        frames = open();
        intake = frames;
      }
      if (frames == null || stopping) {
        return false;
      }
      frames.turn();
      return true;
    }

    private @Nullable WorkerIntake open() throws IOException, InterruptedException {
      WorkerOutput connected = connect();
      if (connected == null) {
        return null;
      }
      output = connected;
      health = healthPublisher();
      return new WorkerIntake(config, estimators.model(), queue, counters, connected, nanoClock);
    }

    @Override
    public void onError(Throwable cause) {
      fail("reading frames", cause);
    }

    @Override
    public void onEnd() {
      end(intake);
      if (health != null) {
        health.close(); // Last, so that its last record has the final counts.
      }
    }
  }

  /** Returns null if health is not to be published. */
  private @Nullable KafkaHealthPublisher healthPublisher() throws IOException {
    KafkaHealthConfig health = config.workerHealth();
    if (health == null) {
      return null;
    }
    KafkaHealthPublisher publisher =
        new KafkaHealthPublisher(
            sink.kafka(), health, config.identity(), List.of(), InstantSource.system());
    publisher.start(() -> WorkerHealthReport.of(health(), estimators.model()));
    return publisher;
  }

  /**
   * Waits until the broker's name resolves, which Kafka's clients require, and the topics are
   * found.
   *
   * @return null if the worker was stopped before
   */
  private @Nullable WorkerOutput connect() throws InterruptedException {
    LivenessFile liveness = LivenessFile.fromEnvironment();
    String servers = sink.kafka().bootstrapServers();
    WorkerConfig settings = config.worker();
    while (!stopping) {
      liveness.touch();
      if (ProducerFactory.isResolvable(servers)) {
        WorkerOutput created =
            new WorkerOutput(
                sink,
                settings.consumer().topic(),
                settings.deadLetterTopic(),
                InstantSource.system());
        while (!stopping && !created.prepare()) {
          liveness.touch();
          Thread.sleep(RETRY_MILLIS);
        }
        return created;
      }
      warnings.warn(
          "Kafka broker {} is unavailable: the host name does not resolve; retrying", servers);
      Thread.sleep(RETRY_MILLIS);
    }
    return null;
  }

  /** Computes the waiting stacks, waits for acknowledgements, then commits. */
  private void end(@Nullable WorkerIntake intake) {
    queue.end();
    if (!computing.joinOrInterrupt(10, TimeUnit.SECONDS)) {
      LOG.warn("Inference takes more than 10 s; leaving its frames to other workers");
    }
    if (output != null) {
      output.close();
    }
    if (intake != null) {
      intake.close();
    }
  }

  /** Computes maps. */
  private final class ComputingStage implements StageRunner.Stage {
    private final ArrayDeque<CameraPipeline> used = new ArrayDeque<>();

    @Override
    public boolean doWork() throws InterruptedException {
      if (queue.isEnded()) {
        return false;
      }
      Waiting next = queue.take();
      for (CameraPipeline old = queue.takeRetired(); old != null; old = queue.takeRetired()) {
        old.closeEstimator();
        used.remove(old);
      }
      if (next != null) {
        if (!used.contains(next.camera())) {
          used.add(next.camera());
        }
        infer(next);
      }
      return true;
    }

    @Override
    public void onError(Throwable cause) {
      fail("computing depth", cause);
    }

    @Override
    public void onEnd() {
      queue.remove(each -> true).forEach(each -> each.stack().close());
      used.forEach(CameraPipeline::closeEstimator);
    }
  }

  private void infer(Waiting next) throws InterruptedException {
    PartitionProgress partition = next.partition();
    try (FocalStack stack = next.stack();
        DepthMap map = next.camera().estimate(stack, estimators)) {
      counters.recordMap(
          nanoClock.getAsLong() - stack.reference().arrivalNanos(), map.info().validShare());
      Objects.requireNonNull(output, "no output")
          .send(map, next.identity(), fault -> onPublished(next, fault));
    } catch (RuntimeException e) {
      // An error of inference is logged and affects this map only.
      counters.add(Count.MAPS_FAILED);
      warnings.warn("{}: inference failed: {}", next.identity().key(), ErrorMessages.of(e));
      partition.finish(next.offset());
    }
  }

  private void onPublished(Waiting next, @Nullable String fault) {
    if (fault == null) {
      counters.add(Count.MAPS);
      next.partition().finish(next.offset());
    } else if (stopping) {
      // Stays unfinished, so that another worker computes it.
      LOG.debug(
          "{}: map was not published before the worker stopped: {}", next.identity().key(), fault);
    } else {
      counters.add(Count.MAPS_LOST);
      warnings.warn("{}: map is lost: {}", next.identity().key(), fault);
      next.partition().finish(next.offset());
    }
  }

  private void fail(String stage, Throwable cause) {
    failure = new IOException(stage + " failed: " + ErrorMessages.of(cause), cause);
    LOG.error("{} failed; stopping the worker", stage, cause);
    stopping = true;
  }
}
