package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One SHA-256 over all depth maps in their order: stamp, size, depth, uncertainty, confidence, age,
 * all-in-focus image and validity of each, but no times of computing. Two runs that give the same
 * maps give the same digest. Written by the sink's thread; read by any.
 */
public final class DigestSink implements DepthSink {
  private final MessageDigest digest = sha256();
  private byte[] bytes = new byte[0];
  private long maps;

  @Override
  public String name() {
    return "digest";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public synchronized void accept(DepthMap map) {
    int pixels = map.pixels();
    if (bytes.length < 4 * pixels) {
      bytes = new byte[4 * pixels];
    }
    digest.update(
        ByteBuffer.allocate(16)
            .putLong(map.info().stampNanos())
            .putInt(map.width())
            .putInt(map.height())
            .array());
    update(map.depth(), pixels);
    update(map.uncertainty(), pixels);
    update(map.confidence(), pixels);
    update(map.age(), pixels);
    update(map.allFocus(), pixels);
    map.validity().get(0, bytes, 0, pixels);
    digest.update(bytes, 0, pixels);
    maps++;
  }

  /** Maps so far. */
  public synchronized long maps() {
    return maps;
  }

  /** The digest of the maps so far, lower-case hexadecimal. */
  public synchronized String hex() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JVM can't be asked in between", e);
    }
  }

  @Override
  public void close() {
    // Nothing is held.
  }

  /** Big endian, every NaN as the same bits. */
  private void update(FloatBuffer numbers, int pixels) {
    ByteBuffer into = ByteBuffer.wrap(bytes);
    for (int i = 0; i < pixels; i++) {
      into.putInt(4 * i, Float.floatToIntBits(numbers.get(i)));
    }
    digest.update(bytes, 0, 4 * pixels);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM lacks SHA-256, which every JVM must have", e);
    }
  }
}
