package io.github.rackfocus.eval;

import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.common.Sha256;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.DoubleConsumer;

/**
 * The input of a benchmark: rolling focal stacks of a simulated camera, as fast as they are
 * requested. Equal sizes, planes and scenarios give equal pixels, as {@link #sha256} shows. Not
 * thread-safe.
 */
public final class BenchInput implements AutoCloseable {
  private final SimulatedCameraConfig config;
  private final FramePool pool;
  private final SimulatedCamera camera;
  private final RollingFocalStack rolling;
  private final MessageDigest digest = Sha256.newDigest();
  private int hashed;
  private String hash = "";

  /**
   * Renders a sweep of a still camera.
   *
   * @param progress receives the fraction rendered, 0 to 1
   */
  public BenchInput(int width, int height, int planes, DoubleConsumer progress) {
    this(width, height, planes, Scenario.STILL, progress);
  }

  /**
   * Renders the sweeps of a scenario.
   *
   * @param progress receives the fraction rendered, 0 to 1
   */
  public BenchInput(int width, int height, int planes, Scenario scenario, DoubleConsumer progress) {
    config =
        scenario.applyTo(
            SimulatedCameraConfig.DEFAULTS
                .withSize(width, height)
                .withPlanes(planes)
                .withPlayback(new SimulatedCameraConfig.Playback(1, false, 0)));
    pool = new FramePool(3 * planes + 2);
    camera = new SimulatedCamera(config, pool, SourceClock.SYSTEM, progress);
    rolling =
        new RollingFocalStack(
            new FocusAxis(camera.scale(), camera.planeFocus()), RollingStackConfig.DEFAULTS);
  }

  /** Returns the next stack, one frame newer than the previous one; the caller closes it. */
  public FocalStack next() throws InterruptedException {
    while (true) {
      try (Frame frame = camera.next()) {
        if (frame == null) {
          throw new IllegalStateException("the simulated camera ended");
        }
        hash(frame);
        rolling.offer(frame);
      }
      FocalStack stack = rolling.takeStack();
      if (stack != null) {
        return stack;
      }
    }
  }

  private void hash(Frame frame) {
    if (hashed < camera.sweepFrames()) {
      ByteBuffer luma = frame.luma().duplicate();
      digest.update(luma.clear());
      if (++hashed == camera.sweepFrames()) {
        hash = HexFormat.of().formatHex(digest.digest());
      }
    }
  }

  /** Returns the SHA-256 of the pixels of the first sweep; empty until the sweep is complete. */
  public String sha256() {
    return hash;
  }

  @Override
  public void close() {
    rolling.close();
    camera.close();
  }
}
