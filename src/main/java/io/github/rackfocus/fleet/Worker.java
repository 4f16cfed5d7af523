package io.github.rackfocus.fleet;

import io.github.rackfocus.assembly.HealthReport;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.common.StageRunner;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.WorkerConfig;
import io.github.rackfocus.config.WorkerConfig.WhenBehind;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.fleet.StackQueue.Waiting;
import io.github.rackfocus.fleet.WorkerCounters.Count;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.KafkaHealthPublisher;
import io.github.rackfocus.kafka.TopicSpec;
import io.github.rackfocus.node.LivenessFile;
import io.github.rackfocus.sweep.FocalStack;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes depth of a fleet's frames: reads them from Kafka, assembles each camera's stack, infers and
 * publishes; any number of workers of one group share the cameras.
 *
 * <p>Two threads: one reads, unpacks and assembles, one computes. A frame counts as finished when
 * its map is acknowledged (or counted as making none), so that a worker that dies leaves nothing
 * unsaid: whoever takes its partitions reads the last sweeps back and goes on, and what is computed
 * twice has equal ids and equal bytes. A record that is no frame is counted and passed over; an
 * absent broker is waited for.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final long LOOK_AGAIN_MILLIS = 500;

  private final AppConfig configuration;
  private final KafkaDepthSinkConfig sink;
  private final CameraEstimators estimators;
  private final StackQueue queue;
  private final WorkerCounters counters = new WorkerCounters();
  private final RateLimitedLogger trouble = new RateLimitedLogger(LOG);
  private final StageRunner reading = StageRunner.of("worker-read", new ReadingStage());
  private final StageRunner computing = StageRunner.of("worker-depth", new ComputingStage());
  private volatile @Nullable WorkerOutput output;
  private volatile @Nullable IOException failure;
  private volatile boolean stopping;

  /**
   * Opens the model; {@link #start} sets the worker going.
   *
   * @throws IOException if the model can't be had
   * @throws IllegalArgumentException if the configuration has no Kafka sink
   */
  public Worker(AppConfig configuration) throws IOException {
    WorkerConfig settings = configuration.worker();
    this.configuration = configuration;
    this.sink = configuration.workerSink();
    configuration.workerConsumer(); // Faults are told before the model is opened.
    this.queue = new StackQueue(settings.queueDepth(), settings.whenBehind() == WhenBehind.NEWEST);
    this.estimators = CameraEstimators.open(configuration.model());
  }

  /** Starts the threads. */
  public void start() {
    computing.start();
    reading.start();
  }

  /** Asks the worker to finish what it has read and to leave its group; returns at once. */
  public void stop() {
    stopping = true;
  }

  /**
   * Waits until the worker has ended.
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

  /** How the worker is doing now; may be asked by any thread. */
  public WorkerHealth health() {
    return counters.health(queue.size());
  }

  /** Stops, and waits for the end. */
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
      WorkerOutput made = connect();
      if (made == null) {
        return null;
      }
      output = made;
      health = healthPublisher();
      return new WorkerIntake(configuration, estimators.model(), queue, counters, made);
    }

    @Override
    public void onError(Throwable cause) {
      fail("reading", cause);
    }

    @Override
    public void onEnd() {
      end(intake);
      if (health != null) {
        health.close(); // Last, so that its last record has the final counts.
      }
    }
  }

  /** Null where the configuration wants no health records. */
  private @Nullable KafkaHealthPublisher healthPublisher() throws IOException {
    KafkaHealthConfig options = configuration.workerHealth();
    if (options == null) {
      return null;
    }
    KafkaHealthPublisher publisher =
        new KafkaHealthPublisher(
            sink.kafka(), options, configuration.identity(), List.of(), InstantSource.system());
    publisher.start(() -> HealthReport.of(health(), estimators.model()));
    return publisher;
  }

  /** Waits until the broker's name resolves, without which no client can be made. */
  private @Nullable WorkerOutput connect() throws InterruptedException {
    LivenessFile alive = LivenessFile.fromEnvironment();
    String servers = sink.kafka().bootstrapServers();
    WorkerConfig settings = configuration.worker();
    while (!stopping) {
      alive.touch();
      if (FrameConsumer.isResolvable(servers)) {
        WorkerOutput made =
            new WorkerOutput(
                sink,
                TopicSpec.FRAMES.named(settings.framesTopic()),
                settings.deadLetter()
                    ? TopicSpec.DEAD_LETTER.named(settings.deadLetterTopic())
                    : null,
                InstantSource.system());
        while (!stopping && !made.prepare()) {
          alive.touch();
          Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return made;
      }
      trouble.warn("kafka: no address is known for the broker {}", servers);
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    return null;
  }

  /** In this order: what waits is computed, acknowledged, committed. */
  private void end(@Nullable WorkerIntake intake) {
    queue.end();
    if (!computing.joinOrInterrupt(10, TimeUnit.SECONDS)) {
      LOG.warn("inference takes more than 10 s; its frames are left to the other workers");
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
      fail("depth", cause);
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
      counters.made(System.nanoTime() - stack.reference().arrivalNanos(), map.info().validShare());
      Objects.requireNonNull(output, "stacks come after the output")
          .send(map, next.identity(), fault -> published(next, fault));
    } catch (RuntimeException e) {
      // Whatever inference throws costs this map only; the operator hears of it.
      counters.add(Count.MAPS_FAILED);
      trouble.warn("{}: no depth: {}", next.identity().key(), ErrorMessages.of(e));
      partition.finish(next.offset());
    }
  }

  private void published(Waiting next, @Nullable String fault) {
    if (fault == null) {
      counters.add(Count.MAPS);
      next.partition().finish(next.offset());
    } else if (stopping) {
      // Not finished: another worker computes it.
      LOG.debug("{}: not published before the end: {}", next.identity().key(), fault);
    } else {
      counters.add(Count.MAPS_LOST);
      trouble.warn("{}: a map is lost: {}", next.identity().key(), fault);
      next.partition().finish(next.offset());
    }
  }

  private void fail(String stage, Throwable cause) {
    failure = new IOException("the " + stage + " stage failed: " + ErrorMessages.of(cause), cause);
    LOG.error("the {} stage failed; the worker ends", stage, cause);
    stopping = true;
  }
}
