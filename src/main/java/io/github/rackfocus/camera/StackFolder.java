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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Plays a focal stack on disk like a camera: {@code 000.png}, {@code 001.png}, … (PNG or JPEG;
 * mono, RGB, 8 or 16 bit) with {@code stack.json} and optionally {@code depth.pfm}.
 *
 * <p>Frames are in ascending focus, far to near, whatever the order of the folder. They have the
 * stamps of the folder; those of a folder from near to far are mirrored in time, so that they
 * increase too. Without stamps in the folder, stamps follow from the rate. Each repetition of a
 * loop continues one period later. {@link #open} checks the whole folder. Frames are read by one
 * thread.
 */
public final class StackFolder implements FrameSource {
  private final Path folder;
  private final StackFolderConfig config;
  private final FramePool pool;
  private final Pacer pacer;
  private final StackImages images;
  private final FocusScale scale;
  private final double[] focus;
  private final long @Nullable [] stamps;
  private final @Nullable Pfm groundTruth;
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable BooleanSupplier colourDemand;
  private long position;
  private long sequence;

  private StackFolder(
      Path folder,
      StackFolderConfig config,
      FramePool pool,
      SourceClock clock,
      StackIndex index,
      StackImages images,
      @Nullable Pfm groundTruth) {
    this.folder = folder;
    this.config = config;
    this.pool = pool;
    this.pacer = new Pacer(clock, config.paced());
    this.images = images;
    this.scale = index.scale();
    this.focus = index.farFirst() ? index.focus() : reversed(index.focus());
    this.stamps = index.farFirst() ? index.stampNanos() : mirrored(index.stampNanos());
    this.groundTruth = groundTruth;
  }

  /**
   * Opens a folder to be read once, as fast as possible, with a pool that can hold all its frames.
   *
   * @throws StackFolderException as in {@link #open(Path, StackFolderConfig, FramePool,
   *     SourceClock)}
   */
  public static StackFolder open(Path folder) throws IOException {
    return open(
        folder,
        StackFolderConfig.DEFAULTS,
        new FramePool(StackIndex.MAX_IMAGES),
        SourceClock.SYSTEM);
  }

  /**
   * Opens and checks a folder. Decoded images are kept if they fit the memory limit.
   *
   * @param pool pool to lease frames from
   * @param clock clock for pacing and arrival times
   * @throws StackFolderException if anything is missing, unreadable or contradictory; the message
   *     names the file, what was found and what was expected
   */
  public static StackFolder open(
      Path folder, StackFolderConfig config, FramePool pool, SourceClock clock) throws IOException {
    List<Path> files = new ArrayList<>(StackImages.list(folder));
    StackIndex index = StackIndex.read(folder.resolve("stack.json"), files.size());
    if (!index.farFirst()) {
      Collections.reverse(files);
    }
    StackImages images = StackImages.open(files, config);
    Pfm truth = readGroundTruth(folder.resolve("depth.pfm"), images);
    return new StackFolder(folder, config, pool, clock, index, images, truth);
  }

  @Override
  public String name() {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? folder.toString() : last.toString();
  }

  /** Returns the width in pixels. */
  public int width() {
    return images.width();
  }

  /** Returns the height in pixels. */
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
   * Returns the true depth of every pixel, 0 where unknown: metres for dioptre stacks, otherwise
   * index values as {@link FocusScale#depthAt} returns them.
   */
  public Optional<Pfm> groundTruth() {
    return Optional.ofNullable(groundTruth);
  }

  @Override
  public @Nullable Frame next() throws IOException, InterruptedException {
    while (config.loop() || position < focus.length) {
      long at = position;
      int plane = planeAt(at);
      long stamp = stampAt(at);
      if (!pacer.awaitDue(stamp - stampAt(0))) {
        return null;
      }
      position++;
      BooleanSupplier demand = images.haveColour() ? colourDemand : null;
      boolean withColour = demand != null && demand.getAsBoolean();
      Frame frame = pacer.lease(pool, images.width(), images.height(), withColour);
      if (frame != null) {
        if (demand != null) {
          frame.setOfColour();
        }
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

  /** Grey images among coloured ones are grey in colour, too. */
  @Override
  public void colourDemand(BooleanSupplier wanted) {
    colourDemand = wanted;
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

  private int planeAt(long count) {
    int planes = focus.length;
    if (!config.backAndForth()) {
      return (int) (count % planes);
    }
    int step = (int) (count % (2L * planes - 2));
    return step < planes ? step : 2 * planes - 2 - step;
  }

  private long stampAt(long count) {
    long[] given = stamps;
    if (given == null) {
      return config.startStampNanos() + Math.round(count * 1e9 / config.rateHz());
    }
    int planes = given.length;
    long span = given[planes - 1] - given[0];
    // The pause between two rounds is the mean time between two images.
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
          images.width() + " x " + images.height() + ", the size of the images");
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
