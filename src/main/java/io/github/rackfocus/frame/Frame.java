package io.github.rackfocus.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One camera image: an 8-bit luma plane, optionally its colours, when and where in focus it was
 * taken.
 *
 * <p>Pixels lie row by row, without padding, in direct buffers that belong to a {@link FramePool}.
 * The source that leased the frame writes them and then calls {@link #seal}; from then on the frame
 * is immutable but for two things that the sweep adds before it hands the frame on: the matcher
 * assigns its focus reading once, and the rolling stack marks the {@link #changedCells}.
 *
 * <p>A frame is a counted lease: whoever keeps it beyond the call that handed it over calls {@link
 * #retain}, and everybody closes what they were given or retained, once. Counting is thread-safe;
 * writing before {@code seal} is for one thread.
 */
public final class Frame extends CountedLease {
  private final FramePool pool;
  private final int width;
  private final int height;
  private final ByteBuffer luma;
  private final ByteBuffer sealedLuma;
  private final @Nullable ByteBuffer colour;
  private final @Nullable ByteBuffer sealedColour;
  private long stampNanos;
  private long arrivalNanos;
  private long receiveNanos;
  private long decodeNanos;
  private long sequence;
  private long use;
  private boolean sealed;
  private FocusReading focus = FocusReading.NONE;
  private final CellMask changed;

  Frame(FramePool pool, int width, int height, boolean withColour) {
    this.pool = pool;
    this.width = width;
    this.height = height;
    this.luma = ByteBuffer.allocateDirect(width * height);
    this.sealedLuma = luma.asReadOnlyBuffer();
    this.colour = withColour ? ByteBuffer.allocateDirect(3 * width * height) : null;
    this.sealedColour = colour == null ? null : colour.asReadOnlyBuffer();
    this.changed = new CellMask(width, height);
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
   * Luma, {@code height * width} bytes. Read-only once sealed. Use absolute gets: the buffer's
   * position is shared.
   */
  public ByteBuffer luma() {
    return sealed ? sealedLuma : luma;
  }

  /** Luma of one pixel, 0 to 255. */
  public int lumaAt(int index) {
    return luma.get(index) & 0xff;
  }

  /** RGB, {@code height * width * 3} bytes, or null where the source has or keeps none. */
  public @Nullable ByteBuffer colour() {
    return sealed ? sealedColour : colour;
  }

  /**
   * Ends writing.
   *
   * @param stampNanos mid-exposure, in the source's time, nanoseconds
   * @param sequence counts the source's frames from 0
   * @param reading the focus, or {@link FocusReading#NONE} where the matcher has to find it
   * @return this
   * @throws IllegalStateException if sealed before
   */
  public Frame seal(long stampNanos, long sequence, FocusReading reading) {
    if (sealed) {
      throw new IllegalStateException("frame " + this.sequence + " is sealed already");
    }
    this.stampNanos = stampNanos;
    this.sequence = sequence;
    this.focus = reading;
    this.sealed = true;
    return this;
  }

  /**
   * Fills the reading of a frame that came without one.
   *
   * @throws IllegalStateException if it has a reading already
   */
  public void assignFocus(FocusReading reading) {
    if (focus.isKnown()) {
      throw new IllegalStateException("frame " + sequence + " has a focus reading already");
    }
    focus = reading;
  }

  /** Notes when the frame's last byte had arrived, on the monotonic clock, for latency. */
  public void arrivedAt(long monotonicNanos) {
    arrivalNanos = monotonicNanos;
  }

  /** When the last byte had arrived, on the monotonic clock; 0 if nobody noted it. */
  public long arrivalNanos() {
    return arrivalNanos;
  }

  /**
   * Notes what came before the frame, for the stages' times; 0 where it is not known.
   *
   * @param receiveNanos from mid-exposure until the last byte had arrived
   * @param decodeNanos from then until luma was there, rectified
   */
  public void cameAfter(long receiveNanos, long decodeNanos) {
    this.receiveNanos = receiveNanos;
    this.decodeNanos = decodeNanos;
  }

  /** From mid-exposure until the last byte had arrived; 0 if not known. */
  public long receiveNanos() {
    return receiveNanos;
  }

  /** From the last byte until luma was there; 0 if not known. */
  public long decodeNanos() {
    return decodeNanos;
  }

  /** Mid-exposure, nanoseconds in the source's time. */
  public long stampNanos() {
    return stampNanos;
  }

  /** Number of the frame at its source. */
  public long sequence() {
    return sequence;
  }

  /**
   * Which use of this object it is. Frames are pooled, so that an object alone says nothing of the
   * image in it; object and use together tell one image from every other.
   */
  public long use() {
    return use;
  }

  /** Where the lens stood; {@link FocusReading#NONE} until matched. */
  public FocusReading focus() {
    return focus;
  }

  /**
   * Where the frame differs from the one that was on its plane before it; written by the rolling
   * stack before any stack holds the frame, empty until then.
   */
  public CellMask changedCells() {
    return changed;
  }

  /** Takes one more lease. */
  public Frame retain() {
    take();
    return this;
  }

  @Override
  protected void lastClosed() {
    pool.giveBack(this);
  }

  @Override
  public String toString() {
    return "frame " + sequence;
  }

  boolean hasColour() {
    return colour != null;
  }

  Frame open() {
    begin();
    use++;
    sealed = false;
    focus = FocusReading.NONE;
    changed.clear();
    stampNanos = 0;
    arrivalNanos = 0;
    receiveNanos = 0;
    decodeNanos = 0;
    sequence = -1;
    return this;
  }
}
