package io.github.rackfocus.depth;

import io.github.rackfocus.frame.CountedLease;
import io.github.rackfocus.frame.FocusScale;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The depth of one reference frame, with its uncertainty, validity and age.
 *
 * <p>All layers are {@code height * width}, row by row from the top, in direct buffers of native
 * byte order. Use absolute gets, or a duplicate, since buffer positions are shared. The estimator
 * fills position, error, confidence and all-in-focus; {@link DepthPostProcessor} fills depth,
 * uncertainty, validity and age. Then the map is handed on and is immutable.
 *
 * <p>A counted lease, as a frame is: {@link #retain} to keep it, {@link #close} once per lease.
 */
public final class DepthMap extends CountedLease {
  private final DepthMapPool pool;
  private final int width;
  private final int height;
  private final FloatBuffer position;
  private final FloatBuffer error;
  private final FloatBuffer confidence;
  private final FloatBuffer allFocus;
  private final FloatBuffer depth;
  private final FloatBuffer uncertainty;
  private final FloatBuffer age;
  private final ByteBuffer validity;
  private @Nullable ByteBuffer colour;
  private boolean colourAwaited;
  private final DepthInfo info = new DepthInfo();
  private volatile @Nullable MapDelivery delivery;

  DepthMap(DepthMapPool pool, int width, int height) {
    this.pool = pool;
    this.width = width;
    this.height = height;
    this.position = floats();
    this.error = floats();
    this.confidence = floats();
    this.allFocus = floats();
    this.depth = floats();
    this.uncertainty = floats();
    this.age = floats();
    this.validity = ByteBuffer.allocateDirect(width * height);
  }

  private FloatBuffer floats() {
    return ByteBuffer.allocateDirect(4 * width * height)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Pixels in a row. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** {@code width * height}. */
  public int pixels() {
    return width * height;
  }

  /**
   * Checks that the map has the size of a stack.
   *
   * @throws IllegalArgumentException if the stack has another size; the message states both
   */
  public void checkSize(int stackWidth, int stackHeight) {
    if (width != stackWidth || height != stackHeight) {
      throw new IllegalArgumentException(
          "the depth map is "
              + width
              + " x "
              + height
              + "; expected the stack's "
              + stackWidth
              + " x "
              + stackHeight);
    }
  }

  /** Position on the stack's focus axis, 0 farthest plane, 1 nearest; every pixel has one. */
  public FloatBuffer position() {
    return position;
  }

  /** Expected absolute error of the position, on the same axis. */
  public FloatBuffer error() {
    return error;
  }

  /** Confidence in [0, 1]. */
  public FloatBuffer confidence() {
    return confidence;
  }

  /** Luma of the all-in-focus image in [0, 1]. */
  public FloatBuffer allFocus() {
    return allFocus;
  }

  /**
   * The all-in-focus image in colour: RGB, {@code height * width * 3} bytes; null if a frame of the
   * stack has no colour, or nothing wanted it.
   */
  public @Nullable ByteBuffer colour() {
    return colour;
  }

  /**
   * Returns the colours to fill, for whoever computes the map; allocates them if its last use had
   * none.
   */
  public ByteBuffer addColour() {
    ByteBuffer filled = colour;
    if (filled == null) {
      filled = ByteBuffer.allocateDirect(3 * pixels());
      colour = filled;
    }
    colourAwaited = false;
    return filled;
  }

  /**
   * Removes the colours of an earlier use, with their memory.
   *
   * @param awaited see {@link #isColourAwaited}
   */
  public void removeColour(boolean awaited) {
    colour = null;
    colourAwaited = awaited;
  }

  /**
   * Whether the camera has colour and the map has none, because some of its images came before
   * somebody wanted it: in a sweep maps have colour, if it is wanted.
   */
  public boolean isColourAwaited() {
    return colourAwaited;
  }

  /**
   * Depth along the optical axis: metres (or the file's index where {@link DepthInfo#scale} is not
   * metric); NaN, −Inf or +Inf by REP 117 where {@link #validity} is not 0.
   */
  public FloatBuffer depth() {
    return depth;
  }

  /** One sigma of the depth, in its unit; NaN where depth is not a number. */
  public FloatBuffer uncertainty() {
    return uncertainty;
  }

  /** Seconds between the reference frame and the frame in which the pixel is in focus. */
  public FloatBuffer age() {
    return age;
  }

  /** {@link Validity} code of each pixel. */
  public ByteBuffer validity() {
    return validity;
  }

  /** Description of this map: stamps, focus, model and counts. */
  public DepthInfo info() {
    return info;
  }

  /** Whether the focus values are dioptres and depth is in metres. */
  public boolean isMetric() {
    return info.scale() == FocusScale.DIOPTRE;
  }

  /** Adds a lease. */
  public DepthMap retain() {
    take();
    return this;
  }

  /** Follows this use of the map to its sinks, from before it is handed to them. */
  public void follow(MapDelivery by) {
    delivery = by;
  }

  /** Who follows the map; null if nobody does. */
  public @Nullable MapDelivery delivery() {
    return delivery;
  }

  @Override
  protected void lastClosed() {
    MapDelivery followed = delivery;
    delivery = null;
    pool.giveBack(this);
    if (followed != null) {
      followed.released();
    }
  }

  @Override
  public String toString() {
    return "depth map of frame " + info.sequence();
  }

  DepthMap open() {
    begin();
    info.reset();
    return this;
  }
}
