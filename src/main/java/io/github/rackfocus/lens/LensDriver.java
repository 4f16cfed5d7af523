package io.github.rackfocus.lens;

/**
 * A device that moves a lens. Values are dioptres: of the lens's power, or of focus where the
 * device is told focus ({@link #isFocus}).
 *
 * <p>Used by one thread, except {@link #close}. After a {@link LensException} the driver is closed
 * and {@link #connect} is called again.
 */
public interface LensDriver extends AutoCloseable {
  /** Name of the device and how it is reached, for messages. */
  String name();

  /** Whether values are focus rather than lens power, so that no law lies between. */
  boolean isFocus();

  /**
   * Connects to the device and prepares it.
   *
   * @return the values that the device accepts
   * @throws LensException if it cannot be reached or answers wrongly
   */
  LensRange connect() throws LensException, InterruptedException;

  /**
   * Commands a value within the range. Returns once the command is sent, not when the lens is
   * there.
   *
   * @throws LensException if the command was not accepted
   */
  void set(double dioptres) throws LensException, InterruptedException;

  /**
   * Reads the lens. A device without feedback returns what was commanded last.
   *
   * @throws LensException if the device does not answer
   */
  LensSample read() throws LensException, InterruptedException;

  /** Disconnects; the lens stays where it is. Does nothing if not connected. */
  @Override
  void close();
}
