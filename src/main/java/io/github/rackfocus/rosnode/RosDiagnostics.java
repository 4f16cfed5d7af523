package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticArray;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes the health of a node on /diagnostics once a second, from its own daemon thread. */
final class RosDiagnostics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RosDiagnostics.class);
  private static final long PERIOD_MILLIS = 1000;

  private final ConnectedNode ros;
  private final DepthNode node;
  private final Supplier<Map<String, Long>> causes;
  private final Publisher<DiagnosticArray> publisher;
  private final DiagnosticReport report;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("diagnostics"));

  /**
   * Starts publishing. Create it before the node is started.
   *
   * @param causes returns the counts of rejected images and readings by cause
   * @param hardwareId identifies the camera
   */
  RosDiagnostics(
      ConnectedNode ros, DepthNode node, Supplier<Map<String, Long>> causes, String hardwareId) {
    this.ros = ros;
    this.node = node;
    this.causes = causes;
    this.publisher = ros.newPublisher("/diagnostics", DiagnosticArray.TYPE, 1);
    this.report = new DiagnosticReport(ros.getName().value().substring(1), hardwareId);
    timer.scheduleAtFixedRate(this::publish, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void publish() {
    try {
      // Rates are differences between reports, so a report is made even without subscribers.
      List<DiagnosticStatus> statuses =
          report.statuses(
              node.health(), causes.get(), node.isEnabled(), node.wantsFrames(), System.nanoTime());
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
      // An exception would cancel all further reports.
      LOG.warn("diagnostics: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
