package io.github.rackfocus.eval;

import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A stack folder in memory, ready to be shown to a model as often as is needed. Immutable.
 *
 * <p>Each showing has frames of its own, with sequence and stamps that never come twice, since
 * models keep what they computed from a frame they have seen.
 */
public final class EvaluationStack {
  /** Where the noise of every stack starts from; the stack's name and the plane are mixed in. */
  private static final long NOISE_SEED = 20261120L;

  private static final long PERIOD_NANOS = 10_000_000;

  private final String name;
  private final FocusAxis axis;
  private final int width;
  private final int height;
  private final byte[][] luma;
  private final @Nullable Pfm truth;
  private final String inputSha256;
  private final double noise;

  private EvaluationStack(
      String name,
      FocusAxis axis,
      int width,
      int height,
      byte[][] luma,
      @Nullable Pfm truth,
      String inputSha256,
      double noise) {
    this.name = name;
    this.axis = axis;
    this.width = width;
    this.height = height;
    this.luma = luma;
    this.truth = truth;
    this.inputSha256 = inputSha256;
    this.noise = noise;
  }

  /**
   * Reads a folder.
   *
   * @throws IOException in one sentence, if the folder is not a sound stack
   */
  public static EvaluationStack read(Path folder) throws IOException {
    try (StackFolder source = StackFolder.open(folder)) {
      FocusAxis axis = new FocusAxis(source.scale(), source.planeFocus());
      byte[][] luma = new byte[axis.planes()][source.width() * source.height()];
      for (byte[] plane : luma) {
        readFrame(source, folder, plane);
      }
      return new EvaluationStack(
          source.name(),
          axis,
          source.width(),
          source.height(),
          luma,
          source.groundTruth().orElse(null),
          FolderHash.of(folder),
          0);
    }
  }

  private static void readFrame(StackFolder source, Path folder, byte[] luma) throws IOException {
    try (Frame frame = source.next()) {
      if (frame == null) {
        throw new IOException(folder + ": ended before its last image");
      }
      frame.luma().get(0, luma);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(folder + ": reading was interrupted");
    }
  }

  /**
   * The same stack with Gaussian noise added to its luma, rounded and clipped to 8 bits. The same
   * for the same stack name, plane and size; for two sigmas the noise only differs in scale.
   *
   * @param sigma standard deviation, of 255; 0 gives this stack
   * @throws IllegalArgumentException if sigma is not a number from 0 to 255
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
      SplittableRandom random = new SplittableRandom(NOISE_SEED + 31L * name.hashCode() + z);
      byte[] plane = luma[z].clone();
      for (int i = 0; i < plane.length; i++) {
        long value = Math.round((plane[i] & 0xff) + sigma * random.nextGaussian());
        plane[i] = (byte) Math.max(0, Math.min(255, value));
      }
      noisy[z] = plane;
    }
    return new EvaluationStack(name, axis, width, height, noisy, truth, inputSha256, sigma);
  }

  /**
   * Shows the stack.
   *
   * @param pool where its frames are leased; it must have {@link #planes} of them
   * @param firstSequence of the farthest frame; the others follow
   * @return a stack that the caller closes
   */
  public FocalStack show(FramePool pool, long firstSequence) {
    Frame[] frames = new Frame[luma.length];
    for (int z = 0; z < frames.length; z++) {
      frames[z] = frame(pool, z, firstSequence + z);
    }
    return new FocalStack(
        axis.scale(), frames, axis.focus(), new boolean[frames.length], frames.length - 1);
  }

  /** A frame of one plane, leased from the pool; the caller closes it. */
  Frame frame(FramePool pool, int plane, long sequence) {
    Frame frame = pool.tryLease(width, height, false);
    if (frame == null) {
      throw new IllegalStateException("a frame pool too small for " + planes() + " planes");
    }
    frame.luma().put(0, luma[plane]);
    return frame.seal(sequence * PERIOD_NANOS, sequence, FocusReading.at(axis.focus(plane)));
  }

  /** Name of its folder. */
  public String name() {
    return name;
  }

  /** Its planes, far to near. */
  public FocusAxis axis() {
    return axis;
  }

  /** Number of planes. */
  public int planes() {
    return luma.length;
  }

  /** {@code dioptre} or {@code index}, as its file says. */
  public String unit() {
    return axis.scale().isMetric() ? "dioptre" : "index";
  }

  /** Pixels in a row. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** True depth, metres or the file's index values; 0 or not finite where unknown. */
  public Optional<Pfm> truth() {
    return Optional.ofNullable(truth);
  }

  /** Hash of the folder's files, lower-case hex. */
  public String inputSha256() {
    return inputSha256;
  }

  /** Standard deviation of the noise that was added, of 255. */
  public double noise() {
    return noise;
  }
}
