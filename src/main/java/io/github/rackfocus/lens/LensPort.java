package io.github.rackfocus.lens;

/**
 * Bytes to and from a device. A port is open from its creation until {@link #close}. For one
 * thread, except {@link #close}.
 */
interface LensPort extends AutoCloseable {
  /** Opens ports, again after a failure. */
  @FunctionalInterface
  interface Opener {
    /**
     * @throws LensException if the device is not there or cannot be opened
     */
    LensPort open() throws LensException;
  }

  /**
   * Writes all bytes.
   *
   * @throws LensException if the device is gone
   */
  void write(byte[] bytes) throws LensException;

  /**
   * Reads what is there, waiting for the first byte.
   *
   * @param waitMillis longest wait; 0: take what is there already
   * @return the number of bytes read, 0 if none came in time
   * @throws LensException if the device is gone
   */
  int read(byte[] buffer, int offset, int length, int waitMillis) throws LensException;

  @Override
  void close();
}
