package io.github.rackfocus.rosnode;

import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticArray;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes how a node does on /diagnostics once a second, on a thread of its own, which also tells
 * the source whether anybody wants frames: while nobody does, images are not even decoded.
 */
final class RosDiagnostics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RosDiagnostics.class);
  private static final long PERIOD_MILLIS = 1000;
  private static final long LOOK_MILLIS = 100;

  private final ConnectedNode ros;
  private final DepthNode node;
  private final RosSources.Opened input;
  private final Publisher<DiagnosticArray> publisher;
  private final DiagnosticReport report;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "diagnostics");
        thread.setDaemon(true);
        return thread;
      });

  /**
   * Begins; to be made before the node is started.
   *
   * @param input where the node's frames come from
   * @param hardwareId whose camera it is
   */
  RosDiagnostics(ConnectedNode ros, DepthNode node, RosSources.Opened input, String hardwareId) {
    this.ros = ros;
    this.node = node;
    this.input = input;
    this.publisher = ros.newPublisher("/diagnostics", DiagnosticArray.TYPE, 1);
    this.report = new DiagnosticReport(ros.getName().value().substring(1), hardwareId);
    timer.scheduleWithFixedDelay(
        () -> input.wanted().accept(node.wantsFrames()), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    timer.scheduleAtFixedRate(this::publish, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void publish() {
    try {
      // Rates are between one report and the next, so each is made even if nobody receives it.
      NodeHealth health = node.health();
      var statuses =
          report.statuses(
              health,
              input.causes().get(),
              node.isEnabled(),
              node.wantsFrames(),
              System.nanoTime());
      if (publisher.hasSubscribers()) {
        DiagnosticArray array = new DiagnosticArray();
        array.header.stampNanos = ros.getClock().nowNanos();
        array.status.addAll(statuses);
        publisher.publish(array);
      }
      for (DiagnosticStatus status : statuses) {
        LOG.debug("{}: {}", status.name, status.message);
      }
    } catch (RuntimeException e) {
      // A report that can't be made must not end those after it.
      LOG.warn("diagnostics: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
