package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.SourceConfig;
import io.github.rackfocus.lens.LensDeviceConfig;
import io.github.rackfocus.lens.LensDrivers;
import io.github.rackfocus.lens.LensReading;
import io.github.rackfocus.lens.LensRunner;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.MatchingConfig;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lens that a ROS node drives: its readings are published on {@code lens_state}. */
final class RosLens implements AutoCloseable {
  private static final int QUEUE = 100;

  private final String name;
  private final LensDeviceConfig config;
  private final Publisher<LensState> states;
  private final Consumer<LensState> listener;
  private final LensRunner runner;
  private final AtomicLong readings = new AtomicLong();
  private long reported;
  private long reportedNanos = System.nanoTime();

  private RosLens(
      ConnectedNode ros,
      AppConfig options,
      MatchingConfig law,
      Consumer<LensState> listener,
      Runnable onFailure) {
    this.name = ros.getName().value().substring(1);
    this.listener = listener;
    this.config = options.source().lens();
    RosInputConfig settings = options.source().ros();
    this.runner =
        new LensRunner(
            LensDrivers.create(config, ros.getClock()::nowNanos),
            config,
            settings.sweep().axis(),
            law,
            settings.sweep().phaseSeconds(),
            ros.getClock()::nowNanos,
            this::publish,
            onFailure);
    this.states = ros.newPublisher("lens_state", LensState.TYPE, QUEUE);
  }

  /**
   * Starts the configured lens.
   *
   * @param listener takes every reading as well, on the lens's thread
   * @param onFailure called if the lens cannot be driven any longer; see {@link #check}
   * @return null if none is configured for this source
   * @throws IOException if the camera file is unreadable or invalid
   * @throws IllegalArgumentException if the device's port is no port
   */
  static @Nullable RosLens start(
      ConnectedNode ros, AppConfig options, Consumer<LensState> listener, Runnable onFailure)
      throws IOException {
    if (!isConfigured(options.source())) {
      return null;
    }
    RosInputConfig settings = options.source().ros();
    CameraCalibration file = CameraInfoUrl.read(settings.images().cameraInfoUrl(), System.getenv());
    MatchingConfig stated = settings.lens().matching();
    RosLens lens =
        new RosLens(
            ros, options, file == null ? stated : stated.with(file.lens()), listener, onFailure);
    lens.runner.start();
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

  /** Returns the state of the device, and the rate of its readings since the last call. */
  DiagnosticStatus status() {
    long now = readings.get();
    long nanos = System.nanoTime();
    double rate = (now - reported) * 1e9 / Math.max(1, nanos - reportedNanos);
    reported = now;
    reportedNanos = nanos;
    DiagnosticStatus status = new DiagnosticStatus();
    status.name = name + ": lens";
    status.hardwareId = config.port();
    status.level = runner.isConnected() ? DiagnosticStatus.OK : DiagnosticStatus.ERROR;
    status.message = runner.status();
    DiagnosticReport.add(status, "readings per second", NumberFormats.of(rate));
    return status;
  }

  /**
   * Checks that the lens is driven.
   *
   * @throws IOException if it could not be driven any longer
   */
  void check() throws IOException {
    if (runner.hasFailed()) {
      throw new IOException(config.port() + " " + runner.status());
    }
  }

  /** Parks the lens. */
  @Override
  public void close() {
    runner.close();
  }
}
