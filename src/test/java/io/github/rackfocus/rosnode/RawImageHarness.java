package io.github.rackfocus.rosnode;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Raw ROS images, from the bytes of the message to the frame. A frame has the size of its image and
 * no more pixels than there are bytes; nothing stays leased.
 */
public final class RawImageHarness implements FuzzHarness {
  private final FramePool pool = new FramePool(1);
  private final ImageDecoder decoder = new ImageDecoder(pool, 12, 0);

  @Override
  public void run(byte[] input) throws Exception {
    Image image = new Image();
    try {
      Image.TYPE.read(ByteBuffer.wrap(input), image);
    } catch (MalformedMessageException e) {
      return; // Another harness.
    }
    Frame frame = BoundedDecoding.of(input, 128 << 10, 64, pool, () -> decoder.decode(image, null));
    if (frame != null) {
      check(frame.width() == image.width && frame.height() == image.height, "sizes agree");
      check(frame.pixels() <= image.data.remaining(), "a frame has no more pixels than bytes");
    }
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (ImageEncoding encoding : ImageEncoding.values()) {
      int row = 4 * encoding.bytes() + 1;
      Image image =
          TestMessages.image(encoding.key(), 4, 4, row, new byte[4 * row], 1_000_000_000L);
      seeds.put(encoding.key(), Image.TYPE.write(image).array());
    }
    return seeds;
  }
}
