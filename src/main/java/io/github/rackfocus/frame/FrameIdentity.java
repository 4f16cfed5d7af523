package io.github.rackfocus.frame;

import org.jspecify.annotations.Nullable;

/**
 * Remembers one image, to tell later whether a frame still holds it.
 *
 * <p>Frame objects are pooled and get new pixels, and a source may repeat sequence numbers and
 * stamps after a restart, so neither identifies an image. The frame object together with its use
 * (see {@link Frame#use}) does. For one thread; allocates nothing.
 */
public final class FrameIdentity {
  private @Nullable Frame frame;
  private long use;

  /** Whether the frame holds the image that was remembered last. */
  public boolean is(Frame candidate) {
    return frame == candidate && use == candidate.use();
  }

  /** Remembers the image in a frame. */
  public void set(Frame remembered) {
    frame = remembered;
    use = remembered.use();
  }

  /** Forgets the image: {@link #is} returns false until the next {@link #set}. */
  public void clear() {
    frame = null;
  }
}
