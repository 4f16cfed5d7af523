package io.github.rackfocus.sink;

import io.github.rackfocus.common.Sha256;
import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Computes one SHA-256 over all depth maps in order: stamp, size, depth, uncertainty, confidence,
 * age, all-in-focus image and validity of each map, but not its timings. Runs with equal maps have
 * equal digests. Thread-safe.
 */
public final class DigestSink implements DepthSink {
  private final MessageDigest digest = Sha256.newDigest();
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

  /** Returns the number of maps so far. */
  public synchronized long maps() {
    return maps;
  }

  /** Returns the digest of the maps so far, lower-case hex. */
  public synchronized String hex() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JVM cannot be cloned", e);
    }
  }

  @Override
  public void close() {
    // Holds no resources.
  }

  /** Hashes the values as big-endian, every NaN with the same bits. */
  private void update(FloatBuffer numbers, int pixels) {
    ByteBuffer into = ByteBuffer.wrap(bytes);
    for (int i = 0; i < pixels; i++) {
      into.putInt(4 * i, Float.floatToIntBits(numbers.get(i)));
    }
    digest.update(bytes, 0, 4 * pixels);
  }
}
