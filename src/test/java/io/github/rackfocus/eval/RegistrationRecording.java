package io.github.rackfocus.eval;

import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.camera.simulated.MovingParts;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a simulated camera in one scenario with their truth, so that every setting is
 * measured on the same pixels. For one thread.
 */
final class RegistrationRecording implements AutoCloseable {
  /** Rendered ahead where parts move; what moves repeats after them. */
  private static final int SWEEPS = 8;

  private final String name;
  private final SimulatedCameraConfig config;
  private final SimulatedCamera camera;
  private final @Nullable MovingParts parts;
  private final Frame[] recorded;
  private final FramePool copies;
  private final byte[] pixels;

  /**
   * Renders the frames.
   *
   * @param partsMetresPerSecond top speed of the moving parts; 0 for a still scene
   * @param progress receives lines that tell how far it is
   */
  RegistrationRecording(
      Scenario scenario,
      int width,
      int height,
      int frames,
      double partsMetresPerSecond,
      Consumer<String> progress)
      throws InterruptedException {
    this(
        scenario,
        SimulatedCameraConfig.DEFAULTS.withSize(width, height),
        frames,
        partsMetresPerSecond,
        progress);
  }

  /**
   * Renders the frames of a camera.
   *
   * @param undisturbed the camera without the scenario
   */
  RegistrationRecording(
      Scenario scenario,
      SimulatedCameraConfig undisturbed,
      int frames,
      double partsMetresPerSecond,
      Consumer<String> progress)
      throws InterruptedException {
    SimulatedCameraConfig disturbed = scenario.applyTo(undisturbed);
    boolean moving = partsMetresPerSecond > 0;
    int sweeps = disturbed.playback().prerenderedSweeps();
    this.config =
        disturbed
            .withScene(disturbed.scene().withMotionMetresPerSecond(partsMetresPerSecond))
            .withPlayback(
                disturbed
                    .playback()
                    .withPaced(false)
                    .withPrerenderedSweeps(moving ? Math.max(sweeps, SWEEPS) : sweeps));
    this.name = scenario.label() + (moving ? ", parts move" : "");
    this.parts = moving ? new MovingParts(config) : null;
    long begun = System.nanoTime();
    AtomicInteger quarters = new AtomicInteger();
    this.camera =
        new SimulatedCamera(
            config,
            new FramePool(frames),
            SourceClock.SYSTEM,
            share -> {
              int quarter = (int) (4 * share);
              if (quarter > quarters.get() && quarters.getAndSet(quarter) < quarter) {
                progress.accept(
                    String.format(
                        "%s: rendered %d %% after %.0f s",
                        name, 25 * quarter, (System.nanoTime() - begun) * 1e-9));
              }
            });
    this.recorded = new Frame[frames];
    for (int i = 0; i < frames; i++) {
      recorded[i] = camera.next();
    }
    this.copies = new FramePool(4 * config.sweep().planes() + 4);
    this.pixels = new byte[disturbed.format().width() * disturbed.format().height()];
  }

  String name() {
    return name;
  }

  SimulatedCameraConfig config() {
    return config;
  }

  SimulatedCamera camera() {
    return camera;
  }

  /** The moving parts; null if none move. */
  @Nullable MovingParts parts() {
    return parts;
  }

  int frames() {
    return recorded.length;
  }

  /**
   * Returns a copy of a frame, which the caller closes. A rolling stack marks changed cells on its
   * frames, so that two of them must not share any.
   */
  Frame lease(int number) {
    Frame from = recorded[number];
    Frame copy = copies.tryLease(from.width(), from.height(), false);
    if (copy == null) {
      throw new IllegalStateException("all copies are leased: a stack was not closed");
    }
    from.luma().get(0, pixels);
    copy.luma().put(0, pixels);
    return copy.seal(from.stampNanos(), from.sequence(), from.focus(), from.arrivalNanos());
  }

  @Override
  public void close() {
    for (Frame frame : recorded) {
      frame.close();
    }
    camera.close();
  }
}
