package io.github.rackfocus.rosnode;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.camera.ImageHeader;
import io.github.rackfocus.camera.ImageIntegrity;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.sink.Png;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * PNG and JPEG images: their headers, their decoding, and the search for damage. An image has the
 * size of its header; one that claims too many pixels is refused before it is decoded.
 */
public final class ImageFileHarness implements FuzzHarness {
  /** More would only be slower; the limit itself is checked with the headers alone. */
  private static final long MAX_DECODED = 1 << 18;

  private static final String[] FORMATS = {
    "png", "bayer_rggb8; png compressed ", "mono16; png compressed "
  };

  private final FramePool pool = new FramePool(1);
  private final ImageDecoder decoder = new ImageDecoder(pool, 12, 0);

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    ImageHeader header =
        Laws.bounded(
            bytes,
            32768,
            1,
            () ->
                Laws.readOrRefused(
                    () -> ImageHeader.parse(ByteBuffer.wrap(bytes)),
                    IllegalArgumentException.class));
    if (header != null) {
      check(header.orientation() >= 1 && header.orientation() <= 8, "orientation is 1 to 8");
      long pixels = header.width() * header.height();
      if (header.width() <= FramePool.MAX_PIXELS
          && header.height() <= FramePool.MAX_PIXELS
          && pixels <= FramePool.MAX_PIXELS
          && pixels > MAX_DECODED) {
        return;
      }
    }
    decode(header, bytes, FORMATS[(input[0] & 0xff) % FORMATS.length]);
    if (header != null && header.width() * header.height() <= MAX_DECODED) {
      String fault = ImageIntegrity.fault(bytes);
      check(fault == null || fault.startsWith("is "), "damage is a clause: " + fault);
    }
  }

  private void decode(ImageHeader header, byte[] bytes, String format) throws Exception {
    CompressedImage image = new CompressedImage();
    image.format = format;
    image.data = ByteBuffer.wrap(bytes);
    // The frame itself and its mask of cells; its pixels are direct memory.
    Frame frame =
        BoundedDecoding.of(bytes, 65536 + MAX_DECODED, 4, pool, () -> decoder.decode(image, null));
    if (frame != null) {
      check(
          header != null && frame.width() == header.width() && frame.height() == header.height(),
          "an image has the size of its header");
    }
  }

  @Override
  public Map<String, byte[]> seeds() throws Exception {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("png8", selected(0, Png.encode8(8, 6, new byte[48])));
    seeds.put("png16", selected(2, Png.encode16(8, 6, new short[48])));
    seeds.put("bayer", selected(1, Png.encode8(8, 6, new byte[48])));
    BufferedImage picture = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 128; i++) {
      picture.setRGB(i % 16, i / 16, 0x10305 * i);
    }
    seeds.put("jpeg", selected(0, bytes(TestMessages.packed(picture, "jpeg", "jpeg", 1))));
    seeds.put("png-rgb", selected(0, bytes(TestMessages.packed(picture, "png", "png", 1))));
    byte[] huge = Png.encode8(8, 6, new byte[48]);
    huge[16] = 0x7f;
    huge[20] = 0x7f;
    seeds.put("png-huge", selected(0, huge));
    return seeds;
  }

  private static byte[] bytes(CompressedImage image) {
    byte[] bytes = new byte[image.data.remaining()];
    image.data.get(bytes);
    return bytes;
  }

  private static byte[] selected(int format, byte[] bytes) {
    byte[] all = new byte[bytes.length + 1];
    all[0] = (byte) format;
    System.arraycopy(bytes, 0, all, 1, bytes.length);
    return all;
  }
}
