package io.github.rackfocus.lens;

import java.io.ByteArrayOutputStream;

/** A port to a function from bytes to bytes; can be unplugged. Waits for nothing. */
final class EmulatedPort implements LensPort {
  /** A device: takes bytes and returns its answer. */
  @FunctionalInterface
  interface Device {
    byte[] accept(byte[] bytes, int count);
  }

  private final Device device;
  private byte[] answer = {};
  private int read;
  private volatile boolean unplugged;
  private volatile boolean closed;

  EmulatedPort(Device device) {
    this.device = device;
  }

  void unplug() {
    unplugged = true;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void write(byte[] bytes) throws LensException {
    check();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(answer, read, answer.length - read);
    all.writeBytes(device.accept(bytes, bytes.length));
    answer = all.toByteArray();
    read = 0;
  }

  @Override
  public synchronized int read(byte[] buffer, int offset, int length, int waitMillis)
      throws LensException {
    check();
    // In pieces, as a serial line gives them.
    int count = Math.min(Math.min(length, answer.length - read), 3);
    System.arraycopy(answer, read, buffer, offset, count);
    read += count;
    return count;
  }

  private void check() throws LensException {
    if (unplugged || closed) {
      throw new LensException("the line is gone");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
