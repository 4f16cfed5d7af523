package io.github.rackfocus.kafka.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.rackfocus.sink.PngEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Packs 16-bit codes into the bytes of a message and reuses its memory. Not thread-safe. */
final class PackedImage {
  private final PngEncoder png = new PngEncoder();
  private byte[] raw = new byte[0];

  /** Packs the codes of an image; the result is valid until the next call. */
  ByteString pack(int width, int height, short[] codes, DepthPacking packing) {
    if (packing == DepthPacking.PNG16) {
      int length = png.encode16(width, height, codes);
      return UnsafeByteOperations.unsafeWrap(png.bytes(), 0, length);
    }
    int length = 2 * width * height;
    if (raw.length != length) {
      raw = new byte[length];
    }
    ByteBuffer.wrap(raw)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asShortBuffer()
        .put(codes, 0, width * height);
    return UnsafeByteOperations.unsafeWrap(raw);
  }
}
