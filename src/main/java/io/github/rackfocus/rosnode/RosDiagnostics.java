package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticArray;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes statuses on /diagnostics once a second, from its own daemon thread. */
final class RosDiagnostics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RosDiagnostics.class);
  private static final long PERIOD_MILLIS = 1000;

  private final ConnectedNode ros;
  private final Supplier<List<DiagnosticStatus>> statuses;
  private final Publisher<DiagnosticArray> publisher;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("diagnostics"));

  /**
   * Starts publishing.
   *
   * @param statuses returns what is to be published; called once a second, whoever listens, since
   *     rates are differences between reports
   */
  RosDiagnostics(ConnectedNode ros, Supplier<List<DiagnosticStatus>> statuses) {
    this.ros = ros;
    this.statuses = statuses;
    this.publisher = ros.newPublisher("/diagnostics", DiagnosticArray.TYPE, 1);
    timer.scheduleAtFixedRate(this::publish, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void publish() {
    try {
      List<DiagnosticStatus> now = statuses.get();
      if (publisher.hasSubscribers()) {
        DiagnosticArray array = new DiagnosticArray();
        array.header.stampNanos = ros.getClock().nowNanos();
        array.status.addAll(now);
        publisher.publish(array);
      }
      for (DiagnosticStatus status : now) {
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
