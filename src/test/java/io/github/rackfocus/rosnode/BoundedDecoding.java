package io.github.rackfocus.rosnode;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.fuzz.Laws;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What the harnesses of raw and of compressed images have in common. */
final class BoundedDecoding {
  private BoundedDecoding() {}

  /**
   * Decodes an image within a bound of heap memory, and checks that nothing stays leased.
   *
   * @param input the bytes that the bound depends on
   * @param base bytes that may be allocated for any input
   * @param factor further bytes for each byte of the input
   * @return the frame, closed, for its sizes; null if the image was refused
   */
  static @Nullable Frame of(
      byte[] input, long base, long factor, FramePool pool, Callable<Frame> decoder)
      throws Exception {
    Frame frame =
        Laws.bounded(
            input,
            base,
            factor,
            () -> {
              Frame decoded = Laws.readOrRefused(decoder, BadImageException.class);
              if (decoded != null) {
                decoded.close();
              }
              return decoded;
            });
    Laws.check(pool.leased() == 0, "nothing stays leased");
    return frame;
  }
}
