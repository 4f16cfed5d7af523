package io.github.rackfocus.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One camera image: an 8-bit luma plane, optionally its colours, when and where in focus it was
 * taken.
 *
 * <p>Pixels lie row by row, without padding, in direct buffers that belong to a {@link FramePool}.
 * The source that leased the frame writes them and then calls {@link #seal}, which also sets all
 * times. From then on the frame is immutable except for two things that the sweep adds before it
 * hands the frame on: the matcher assigns the focus reading once, and the rolling stack marks the
 * {@link #changedCells}.
 *
 * <p>A frame is a counted lease: a receiver that keeps it beyond the call that handed it over calls
 * {@link #retain}, and every lease given or retained is closed once. Counting is thread-safe;
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
  private boolean ofColour;
  private FocusReading focus = FocusReading.NONE;
  private final CellMask changed;
  private final Affine viewToImage = new Affine();

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

  /** States that the image has colour, which the frame need not carry. Before it is sealed. */
  public void setOfColour() {
    ofColour = true;
  }

  /** Whether the source can give frames like this one colour, if it is wanted. */
  public boolean isOfColour() {
    return ofColour || colour != null;
  }

  /** Whether the frame carries colour. */
  public boolean hasColour() {
    return colour != null;
  }

  /**
   * Ends writing a frame whose arrival is unknown, such as one of a stack that is only evaluated.
   *
   * @param stampNanos mid-exposure, in the source's time, nanoseconds
   * @param sequence counts the source's frames from 0
   * @param reading the focus, or {@link FocusReading#NONE} if the matcher has to find it
   * @return this
   * @throws IllegalStateException if sealed before
   */
  public Frame seal(long stampNanos, long sequence, FocusReading reading) {
    return seal(stampNanos, sequence, reading, 0, 0, 0);
  }

  /**
   * Ends writing a frame of a live source.
   *
   * @param stampNanos mid-exposure, in the source's time, nanoseconds
   * @param sequence counts the source's frames from 0
   * @param reading the focus, or {@link FocusReading#NONE} if the matcher has to find it
   * @param arrivalNanos when the last byte arrived, on the monotonic clock; latency counts from
   *     here
   * @return this
   * @throws IllegalStateException if sealed before
   */
  public Frame seal(long stampNanos, long sequence, FocusReading reading, long arrivalNanos) {
    return seal(stampNanos, sequence, reading, arrivalNanos, 0, 0);
  }

  /**
   * Ends writing a frame that was transmitted and decoded.
   *
   * @param stampNanos mid-exposure, in the source's time, nanoseconds
   * @param sequence counts the source's frames from 0
   * @param reading the focus, or {@link FocusReading#NONE} if the matcher has to find it
   * @param arrivalNanos when the last byte arrived, on the monotonic clock; latency counts from
   *     here
   * @param receiveNanos time from mid-exposure to the arrival of the last byte; 0 if unknown
   * @param decodeNanos time from the arrival until luma was decoded and rectified; 0 if unknown
   * @return this
   * @throws IllegalStateException if sealed before
   */
  public Frame seal(
      long stampNanos,
      long sequence,
      FocusReading reading,
      long arrivalNanos,
      long receiveNanos,
      long decodeNanos) {
    if (sealed) {
      throw new IllegalStateException("frame " + this.sequence + " is already sealed");
    }
    this.stampNanos = stampNanos;
    this.sequence = sequence;
    this.focus = reading;
    this.arrivalNanos = arrivalNanos;
    this.receiveNanos = receiveNanos;
    this.decodeNanos = decodeNanos;
    this.sealed = true;
    return this;
  }

  /**
   * Assigns the reading of a frame that was sealed without one.
   *
   * @throws IllegalStateException if it has a reading already
   */
  public void assignFocus(FocusReading reading) {
    if (focus.isKnown()) {
      throw new IllegalStateException("frame " + sequence + " already has a focus reading");
    }
    focus = reading;
  }

  /** When the last byte arrived, on the monotonic clock; 0 if unknown. */
  public long arrivalNanos() {
    return arrivalNanos;
  }

  /** Time from mid-exposure to the arrival of the last byte, nanoseconds; 0 if unknown. */
  public long receiveNanos() {
    return receiveNanos;
  }

  /** Time from the arrival until luma was decoded and rectified, nanoseconds; 0 if unknown. */
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
   * Counts the uses of this object. Frames are pooled, so the object alone does not identify an
   * image; object and use together do, see {@link FrameIdentity}.
   */
  public long use() {
    return use;
  }

  /** Focus of the lens at mid-exposure; {@link FocusReading#NONE} until matched. */
  public FocusReading focus() {
    return focus;
  }

  /**
   * Cells in which the frame differs from the previous frame of its plane. Written by the rolling
   * stack before any stack holds the frame, empty until then.
   */
  public CellMask changedCells() {
    return changed;
  }

  /**
   * Transform from pixels of this frame to pixels of the camera's image. The identity, unless the
   * frame was warped into another view; then written by whoever warped it, before it is sealed.
   */
  public Affine viewToImage() {
    return viewToImage;
  }

  /** Adds a lease. */
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

  Frame open() {
    begin();
    use++;
    sealed = false;
    ofColour = false;
    focus = FocusReading.NONE;
    changed.clear();
    viewToImage.setIdentity();
    stampNanos = 0;
    arrivalNanos = 0;
    receiveNanos = 0;
    decodeNanos = 0;
    sequence = -1;
    return this;
  }
}
