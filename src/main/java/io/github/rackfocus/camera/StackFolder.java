package io.github.rackfocus.camera;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A focal stack on disk, played as a camera's frames: {@code 000.png}, {@code 001.png}, … (PNG or
 * JPEG; mono, RGB, 16 bit) with {@code stack.json} and optionally {@code depth.pfm}.
 *
 * <p>Whatever the folder's order, frames come far to near, in ascending focus. Their stamps are the
 * folder's; of a folder that runs near to far they are mirrored in time, so that they increase as
 * well. Without stamps in the folder they follow from the rate; when looping they go on by one
 * period. Everything about the folder is checked by {@link #open}. Reading is for one thread.
 */
public final class StackFolder implements FrameSource {
  private final Path folder;
  private final StackFolderConfig options;
  private final FramePool pool;
  private final Pacer pacer;
  private final StackImages images;
  private final FocusScale scale;
  private final double[] focus;
  private final long @Nullable [] stamps;
  private final @Nullable Pfm groundTruth;
  private final AtomicLong dropped = new AtomicLong();
  private long position;
  private long sequence;

  private StackFolder(
      Path folder,
      StackFolderConfig options,
      FramePool pool,
      SourceClock clock,
      StackIndex index,
      StackImages images,
      @Nullable Pfm groundTruth) {
    this.folder = folder;
    this.options = options;
    this.pool = pool;
    this.pacer = new Pacer(clock, options.paced());
    this.images = images;
    this.scale = index.scale();
    this.focus = index.farFirst() ? index.focus() : reversed(index.focus());
    this.stamps = index.farFirst() ? index.stampNanos() : mirrored(index.stampNanos());
    this.groundTruth = groundTruth;
  }

  /**
   * Opens a folder to be read once, as fast as possible, with a pool that holds all its frames.
   *
   * @throws StackFolderException as {@link #open(Path, StackFolderConfig, FramePool, SourceClock)}
   */
  public static StackFolder open(Path folder) throws IOException {
    return open(
        folder,
        StackFolderConfig.DEFAULTS,
        new FramePool(StackIndex.MAX_IMAGES),
        SourceClock.SYSTEM);
  }

  /**
   * Opens a folder and checks all of it; images are decoded here if they fit the memory limit.
   *
   * @param pool where frames are leased
   * @param clock paces the frames and tells their arrival
   * @throws StackFolderException if anything is missing, unreadable or contradicts itself: one
   *     sentence with the file, the place, what was found and what was expected
   */
  public static StackFolder open(
      Path folder, StackFolderConfig options, FramePool pool, SourceClock clock)
      throws IOException {
    List<Path> files = new ArrayList<>(StackImages.list(folder));
    StackIndex index = StackIndex.read(folder.resolve("stack.json"), files.size());
    if (!index.farFirst()) {
      Collections.reverse(files);
    }
    StackImages images = StackImages.open(files, options);
    Pfm truth = readGroundTruth(folder.resolve("depth.pfm"), images);
    return new StackFolder(folder, options, pool, clock, index, images, truth);
  }

  @Override
  public String name() {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? folder.toString() : last.toString();
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Pixels in a row. */
  public int width() {
    return images.width();
  }

  /** Rows. */
  public int height() {
    return images.height();
  }

  @Override
  public FocusScale scale() {
    return scale;
  }

  @Override
  public double[] planeFocus() {
    return focus.clone();
  }

  /**
   * True depth of every pixel: metres for dioptres, else on the axis of the file's own index, as
   * {@link FocusScale#depthAt} gives it; 0 unknown.
   */
  public Optional<Pfm> groundTruth() {
    return Optional.ofNullable(groundTruth);
  }

  @Override
  public @Nullable Frame next() throws IOException, InterruptedException {
    while (options.loop() || position < focus.length) {
      long at = position;
      int plane = planeAt(at);
      long stamp = stampAt(at);
      if (!pacer.awaitDue(stamp - stampAt(0))) {
        return null;
      }
      position++;
      Frame frame = lease();
      if (frame != null) {
        return fill(frame, plane, stamp);
      }
      if (pacer.isClosed()) {
        return null;
      }
      dropped.incrementAndGet();
      sequence++;
    }
    return null;
  }

  @Override
  public long dropped() {
    return dropped.get();
  }

  @Override
  public void close() {
    pacer.close();
  }

  private Frame fill(Frame frame, int plane, long stamp) throws IOException {
    try {
      images.copyTo(plane, frame);
    } catch (IOException | RuntimeException e) {
      frame.close();
      throw e;
    }
    frame.seal(stamp, sequence++, FocusReading.at(focus[plane]), pacer.nanoTime());
    return frame;
  }

  private @Nullable Frame lease() throws InterruptedException {
    Frame frame = pool.tryLease(images.width(), images.height(), options.keepColour());
    while (frame == null && !pacer.isPaced() && pacer.awaitLease()) {
      frame = pool.tryLease(images.width(), images.height(), options.keepColour());
    }
    return frame;
  }

  private int planeAt(long count) {
    int planes = focus.length;
    if (!options.backAndForth()) {
      return (int) (count % planes);
    }
    int step = (int) (count % (2L * planes - 2));
    return step < planes ? step : 2 * planes - 2 - step;
  }

  private long stampAt(long count) {
    long[] given = stamps;
    if (given == null) {
      return options.startStampNanos() + Math.round(count * 1e9 / options.rateHz());
    }
    int planes = given.length;
    long span = given[planes - 1] - given[0];
    // From one round to the next as long as from one image to the next on average.
    long round = span + Math.max(1, span / (planes - 1));
    return given[(int) (count % planes)] + (count / planes) * round;
  }

  private static @Nullable Pfm readGroundTruth(Path file, StackImages images) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    Pfm truth;
    try {
      truth = Pfm.read(file);
    } catch (StackFolderException e) {
      throw e;
    } catch (IOException e) {
      throw new StackFolderException(
          e.getMessage() == null ? file + ": cannot be read" : e.getMessage(), e);
    }
    if (truth.width() != images.width() || truth.height() != images.height()) {
      throw new StackFolderException(
          file,
          "is " + truth.width() + " x " + truth.height(),
          images.width() + " x " + images.height() + " as the images are");
    }
    return truth;
  }

  private static double[] reversed(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[values.length - 1 - i];
    }
    return result;
  }

  private static long @Nullable [] mirrored(long @Nullable [] stamps) {
    if (stamps == null) {
      return null;
    }
    int last = stamps.length - 1;
    long[] result = new long[stamps.length];
    for (int i = 0; i <= last; i++) {
      result[i] = stamps[0] + stamps[last] - stamps[last - i];
    }
    return result;
  }
}
