package io.github.rackfocus.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Small changes of inputs, the same for the same seed. */
final class Mutations {
  private static final int MAX_BYTES = 8192;
  private static final byte[] EDGES = {0, 1, -1, 127, -128, '0', '-', '.', 'e', '"', '<', '[', '{'};

  private final Random random;

  Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a changed copy of one of some inputs. */
  byte[] of(List<byte[]> inputs) {
    byte[] bytes = inputs.get(random.nextInt(inputs.size())).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = changed(bytes, inputs);
    }
    return bytes.length > MAX_BYTES ? Arrays.copyOf(bytes, MAX_BYTES) : bytes;
  }

  private byte[] changed(byte[] bytes, List<byte[]> inputs) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
    switch (random.nextInt(6)) {
      case 0 -> {
        return joined(bytes, at, new byte[0], at + length);
      }
      case 1 -> {
        byte[] inserted = new byte[1 + random.nextInt(8)];
        random.nextBytes(inserted);
        return joined(bytes, at, inserted, at);
      }
      case 2 -> {
        byte[] other = inputs.get(random.nextInt(inputs.size()));
        int from = random.nextInt(other.length + 1);
        int to = Math.min(other.length, from + random.nextInt(64));
        return joined(bytes, at, Arrays.copyOfRange(other, from, to), at);
      }
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 4 -> {
        Arrays.fill(bytes, at, at + length, EDGES[random.nextInt(EDGES.length)]);
        return bytes;
      }
      default -> {
        if (length > 0) {
          bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
      }
    }
  }

  private static byte[] joined(byte[] bytes, int end, byte[] middle, int from) {
    byte[] all = Arrays.copyOf(bytes, end + middle.length + bytes.length - from);
    System.arraycopy(middle, 0, all, end, middle.length);
    System.arraycopy(bytes, from, all, end + middle.length, bytes.length - from);
    return all;
  }
}
