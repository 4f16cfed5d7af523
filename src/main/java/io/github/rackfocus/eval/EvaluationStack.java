package io.github.rackfocus.eval;

import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stack folder in memory, to be given to models any number of times. Immutable.
 *
 * <p>Each {@link #lease} has new frames with unused sequence numbers and stamps, because models
 * cache what they computed for a frame.
 */
public final class EvaluationStack {
  /** Seed of the noise, combined with the name of the stack and the plane. */
  private static final long NOISE_SEED = 20261120L;

  private static final long PERIOD_NANOS = 10_000_000;

  private final StackInfo info;
  private final FocusAxis axis;
  private final byte[][] luma;
  private final Affine[] viewToImage;
  private final @Nullable Pfm truth;

  private EvaluationStack(
      StackInfo info, FocusAxis axis, byte[][] luma, Affine[] viewToImage, @Nullable Pfm truth) {
    this.info = info;
    this.axis = axis;
    this.luma = luma;
    this.viewToImage = viewToImage;
    this.truth = truth;
  }

  /**
   * Reads a folder.
   *
   * @throws IOException if the folder is not a valid stack; the message is for the operator
   */
  public static EvaluationStack read(Path folder) throws IOException {
    try (StackFolder source = StackFolder.open(folder)) {
      FocusAxis axis = new FocusAxis(source.scale(), source.planeFocus());
      byte[][] luma = new byte[axis.planes()][source.width() * source.height()];
      for (byte[] plane : luma) {
        readFrame(source, folder, plane);
      }
      StackInfo info =
          new StackInfo(
              source.name(),
              axis.scale().isMetric() ? "dioptre" : "index",
              axis.planes(),
              source.width(),
              source.height(),
              FolderHash.of(folder),
              0);
      return new EvaluationStack(
          info, axis, luma, unwarped(axis.planes()), source.groundTruth().orElse(null));
    }
  }

  private static void readFrame(StackFolder source, Path folder, byte[] luma) throws IOException {
    try (Frame frame = source.next()) {
      if (frame == null) {
        throw new IOException(folder + ": ends before its last image");
      }
      frame.luma().get(0, luma);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(folder + ": interrupted while reading");
    }
  }

  /**
   * Returns a copy with Gaussian noise added to the luma, rounded and clipped to 8 bits. The noise
   * depends on stack name, plane and size only; another sigma scales it.
   *
   * @param sigma standard deviation, 0 to 255; 0 returns this stack
   * @throws IllegalArgumentException if sigma is out of range
   */
  public EvaluationStack withNoise(double sigma) {
    if (!(sigma >= 0 && sigma <= 255)) {
      throw new IllegalArgumentException("noise is " + sigma + "; expected 0 to 255");
    }
    if (sigma == 0) {
      return this;
    }
    byte[][] noisy = new byte[luma.length][];
    for (int z = 0; z < luma.length; z++) {
      SplittableRandom random = new SplittableRandom(NOISE_SEED + 31L * name().hashCode() + z);
      byte[] plane = luma[z].clone();
      for (int i = 0; i < plane.length; i++) {
        long value = Math.round((plane[i] & 0xff) + sigma * random.nextGaussian());
        plane[i] = (byte) Math.max(0, Math.min(255, value));
      }
      noisy[z] = plane;
    }
    return new EvaluationStack(info.withNoise(sigma), axis, noisy, viewToImage, truth);
  }

  /**
   * Returns a copy whose frames are registered to the last, the nearest in focus, whose view the
   * truth has.
   *
   * @throws IllegalArgumentException if a frame cannot be registered with the others
   */
  public EvaluationStack registered(RegistrationMode mode) {
    if (mode == RegistrationMode.OFF) {
      return this;
    }
    FramePool pool = new FramePool(planes() + 1);
    RollingStackConfig config = RollingStackConfig.DEFAULTS.withRegistration(mode);
    byte[][] warped = new byte[luma.length][];
    Affine[] transforms = unwarped(luma.length);
    try (RollingFocalStack rolling = new RollingFocalStack(axis, config.withMotionThreshold(0))) {
      for (int z = 0; z < luma.length; z++) {
        try (Frame frame = leaseFrame(pool, z, z)) {
          FrameResult result = rolling.offer(frame);
          if (result != FrameResult.PLACED) {
            throw new IllegalArgumentException(
                name() + ": image " + z + " cannot be registered with the others: " + result.key());
          }
        }
      }
      try (FocalStack stack = Objects.requireNonNull(rolling.takeStack(), "all planes are fresh")) {
        for (int z = 0; z < luma.length; z++) {
          warped[z] = new byte[luma[z].length];
          stack.frame(z).luma().get(0, warped[z]);
          transforms[z].set(stack.frame(z).viewToImage());
        }
      }
    }
    return new EvaluationStack(info, axis, warped, transforms, truth);
  }

  private static Affine[] unwarped(int planes) {
    return Stream.generate(Affine::new).limit(planes).toArray(Affine[]::new);
  }

  /**
   * Returns the stack with frames leased from a pool; the caller closes it.
   *
   * @param pool must have {@link #planes} free frames
   * @param firstSequence sequence of the farthest frame; the others follow
   */
  public FocalStack lease(FramePool pool, long firstSequence) {
    Frame[] frames = new Frame[luma.length];
    for (int z = 0; z < frames.length; z++) {
      frames[z] = leaseFrame(pool, z, firstSequence + z);
    }
    return new FocalStack(
        axis.scale(), frames, axis.focus(), new boolean[frames.length], frames.length - 1);
  }

  /** Returns a frame of one plane, leased from the pool; the caller closes it. */
  Frame leaseFrame(FramePool pool, int plane, long sequence) {
    Frame frame = pool.tryLease(width(), height(), false);
    if (frame == null) {
      throw new IllegalStateException("the frame pool is too small for " + planes() + " planes");
    }
    frame.luma().put(0, luma[plane]);
    frame.viewToImage().set(viewToImage[plane]);
    return frame.seal(sequence * PERIOD_NANOS, sequence, FocusReading.at(axis.focus(plane)));
  }

  /** Returns the description of the stack and its noise. */
  public StackInfo info() {
    return info;
  }

  /** Returns the name of the folder. */
  public String name() {
    return info.name();
  }

  /** Returns the focus axis with the planes, far to near. */
  public FocusAxis axis() {
    return axis;
  }

  /** Returns the number of planes. */
  public int planes() {
    return info.planes();
  }

  /** Returns the width in pixels. */
  public int width() {
    return info.width();
  }

  /** Returns the height in pixels. */
  public int height() {
    return info.height();
  }

  /** Returns the true depth in metres or index values; 0 or not finite where unknown. */
  public Optional<Pfm> truth() {
    return Optional.ofNullable(truth);
  }
}
