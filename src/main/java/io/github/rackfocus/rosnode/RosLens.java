package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.SourceConfig;
import io.github.rackfocus.lens.LensDeviceConfig;
import io.github.rackfocus.lens.LensDrivers;
import io.github.rackfocus.lens.LensReading;
import io.github.rackfocus.lens.LensRunner;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticArray;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.MatchingConfig;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lens that a ROS node drives: its readings are published on {@code lens_state} and its state on
 * {@code /diagnostics} once a second.
 */
final class RosLens implements AutoCloseable {
  private static final long PERIOD_MILLIS = 1000;
  private static final int QUEUE = 100;

  private final ConnectedNode ros;
  private final LensDeviceConfig config;
  private final Publisher<LensState> states;
  private final Publisher<DiagnosticArray> diagnostics;
  private final Consumer<LensState> listener;
  private final LensRunner runner;
  private final AtomicLong readings = new AtomicLong();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("lens-diagnostics"));
  private long reported;

  private RosLens(
      ConnectedNode ros, AppConfig options, MatchingConfig law, Consumer<LensState> listener) {
    this.ros = ros;
    this.listener = listener;
    this.config = options.source().lens();
    RosInputConfig settings = options.source().ros();
    this.runner =
        new LensRunner(
            LensDrivers.create(config),
            config,
            settings.sweep().axis(),
            law,
            settings.sweep().phaseSeconds(),
            ros.getClock()::nowNanos,
            this::publish);
    this.states = ros.newPublisher("lens_state", LensState.TYPE, QUEUE);
    this.diagnostics = ros.newPublisher("/diagnostics", DiagnosticArray.TYPE, 1);
  }

  /**
   * Starts the configured lens.
   *
   * @param listener takes every reading as well, on the lens's thread
   * @return null if none is configured for this source
   * @throws IOException if the camera file is unreadable or invalid
   * @throws IllegalArgumentException if the device's port is no port
   */
  static @Nullable RosLens start(
      ConnectedNode ros, AppConfig options, Consumer<LensState> listener) throws IOException {
    if (!isConfigured(options.source())) {
      return null;
    }
    RosInputConfig settings = options.source().ros();
    CameraCalibration file = CameraInfoUrl.read(settings.images().cameraInfoUrl(), System.getenv());
    MatchingConfig stated = settings.lens().matching();
    RosLens lens =
        new RosLens(ros, options, file == null ? stated : stated.with(file.lens()), listener);
    lens.runner.start();
    lens.timer.scheduleAtFixedRate(
        lens::report, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return lens;
  }

  /** Whether a node with this source drives a lens. */
  static boolean isConfigured(SourceConfig source) {
    return source.kind() == SourceConfig.Kind.ROS
        && source.lens().kind() != LensDeviceConfig.Kind.NONE;
  }

  private void publish(LensReading reading) {
    LensState state = new LensState();
    state.header.stampNanos = reading.stampNanos();
    state.lensPowerDioptres = reading.power();
    state.focusDioptres = reading.focus();
    state.temperatureCelsius = reading.celsius();
    state.settled = reading.settled();
    state.sweepId = (int) reading.sweepId();
    state.planeIndex = reading.plane();
    state.direction = (byte) reading.direction();
    readings.incrementAndGet();
    listener.accept(state);
    states.publish(state);
  }

  private void report() {
    long now = readings.get();
    long rate = now - reported;
    reported = now;
    if (!diagnostics.hasSubscribers()) {
      return;
    }
    DiagnosticStatus status = new DiagnosticStatus();
    status.name = ros.getName().value().substring(1) + ": lens";
    status.hardwareId = config.port();
    status.level = runner.isConnected() ? DiagnosticStatus.OK : DiagnosticStatus.ERROR;
    status.message = runner.status();
    DiagnosticReport.add(status, "readings per second", Long.toString(rate));
    DiagnosticArray array = new DiagnosticArray();
    array.header.stampNanos = ros.getClock().nowNanos();
    array.status.add(status);
    diagnostics.publish(array);
  }

  /** Parks the lens. */
  @Override
  public void close() {
    timer.shutdownNow();
    runner.close();
  }
}
