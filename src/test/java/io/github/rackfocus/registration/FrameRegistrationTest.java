package io.github.rackfocus.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.LensWarp;
import io.github.rackfocus.frame.TestFrames;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameRegistrationTest {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;
  private static final int PLANES = 6;

  private final FramePool pool = new FramePool(40);
  private final Frame[] registered = new Frame[PLANES];
  private FrameRegistration registration = of(RegistrationMode.AUTO, null);
  private long number;

  private static FrameRegistration of(RegistrationMode mode, @Nullable LensWarp lens) {
    return new FrameRegistration(mode, PLANES, 1, 6, lens);
  }

  @AfterEach
  void shouldGiveBackAllFrames() {
    for (int plane = 0; plane < PLANES; plane++) {
      if (registered[plane] != null) {
        registered[plane].close();
      }
    }
    registration.close();
    assertThat(pool.leased()).isZero();
  }

  /** Offers a frame of the texture; null if it is rejected. */
  private @Nullable Frame offer(Texture texture, Affine viewToImage, int plane) {
    return offer(texture.frame(pool, WIDTH, HEIGHT, viewToImage, ++number, 1 + plane), plane);
  }

  private @Nullable Frame offer(IntBinaryOperator luma, int plane) {
    number++;
    return offer(
        TestFrames.of(pool, WIDTH, HEIGHT, luma, number * 1_000_000, FocusReading.at(1 + plane)),
        plane);
  }

  private @Nullable Frame offer(Frame image, int plane) {
    try (image) {
      Frame frame = registration.register(image, plane);
      if (frame != null) {
        if (registered[plane] != null) {
          registered[plane].close();
        }
        registered[plane] = frame;
      }
      return frame;
    }
  }

  private void sweep(Texture texture, Affine... motion) {
    for (int plane = 0; plane < PLANES; plane++) {
      assertThat(offer(texture, motion[plane % motion.length], plane)).isNotNull();
    }
  }

  /** A lens that breathes: scale about the centre, and a shift. */
  private static Affine motion(double scale, double turn, double x, double y) {
    double centreX = (WIDTH - 1) / 2.0;
    double centreY = (HEIGHT - 1) / 2.0;
    return new Affine()
        .set(
            scale,
            -turn,
            centreX - scale * centreX + turn * centreY + x,
            turn,
            scale,
            centreY - turn * centreX - scale * centreY + y);
  }

  /** Largest error of the newest sweep's registration against the true motion, pixels. */
  private double error(Affine... truth) {
    Affine newest = truth[PLANES - 1];
    double most = 0;
    for (int plane = 0; plane < PLANES; plane++) {
      Affine expected = new Affine().setSequence(new Affine().setInverse(newest), truth[plane]);
      most = Math.max(most, registered[plane].viewToImage().distance(expected, WIDTH, HEIGHT));
    }
    return most;
  }

  @Test
  void shouldHandOnTheFramesOfAStillCameraAsTheyAre() {
    Texture texture = new Texture(1);
    sweep(texture, new Affine());
    registration.rebase(registered);
    for (int plane = 0; plane < PLANES; plane++) {
      Frame image = texture.frame(pool, WIDTH, HEIGHT, new Affine(), ++number, 1 + plane);
      assertThat(offer(image, plane)).isSameAs(image);
      assertThat(registration.trust()).isGreaterThan(0.95);
    }
    assertThat(registration.outputToView().isIdentity()).isTrue();
    assertThat(registration.isKeyframeDue(true)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldFollowLensAndCamera(long seed) {
    Random random = new Random(seed);
    Texture texture = new Texture(seed);
    Affine[] truth = new Affine[PLANES];
    double x = 0;
    double y = 0;
    double turn = 0;
    for (int plane = 0; plane < PLANES; plane++) {
      truth[plane] = motion(1 + 0.012 * plane, turn, x, y);
      x += 3 * random.nextGaussian();
      y += 3 * random.nextGaussian();
      turn += 0.003 * random.nextGaussian();
    }
    sweep(texture, truth);
    assertThat(registration.isKeyframeDue(true)).isTrue();
    registration.rebase(registered);
    assertThat(error(truth)).isLessThan(0.15);
    assertThat(registration.outputToView().isIdentity()).isTrue();
  }

  @Test
  void shouldKeepAnUnevenLightingOutOfTheMotion() {
    Texture texture = new Texture(3);
    Affine[] truth = new Affine[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      truth[plane] = motion(1, 0, 2.5 * plane, -plane);
      Affine imageToView = new Affine().setInverse(truth[plane]);
      double gain = plane % 2 == 0 ? 0.6 : 1;
      assertThat(
              offer(
                  (x, y) ->
                      (int)
                          (10 + gain * texture.at(imageToView.x(x, y), imageToView.y(x, y)) / 1.2),
                  plane))
          .isNotNull();
    }
    registration.rebase(registered);
    assertThat(error(truth)).isLessThan(0.15);
  }

  /** A fifth of the image moves against the rest. */
  @Test
  void shouldNotFollowAnObjectThatMoves() {
    Texture texture = new Texture(4);
    Texture object = new Texture(5);
    sweep(texture, new Affine());
    registration.rebase(registered);
    for (int round = 0; round < 2; round++) {
      for (int plane = 0; plane < PLANES; plane++) {
        int shift = 4 * (PLANES * round + plane);
        Frame frame =
            Objects.requireNonNull(
                offer(
                    (x, y) ->
                        (int)
                            (x > 60 && x < 180 && y > 60 && y < 190
                                ? object.at(x - shift, y)
                                : texture.at(x, y)),
                    plane));
        assertThat(frame.viewToImage().largestShift(WIDTH, HEIGHT)).isLessThan(0.3);
      }
    }
  }

  @Test
  void shouldAssumeNoMotionWhereNothingIsToBeSeen() {
    for (int i = 0; i < 2 * PLANES; i++) {
      int noise = i;
      Frame frame = offer((x, y) -> 90 + (x * 7 + y * 13 + noise) % 3, i % PLANES);
      assertThat(Objects.requireNonNull(frame).viewToImage().isIdentity()).isTrue();
    }
    assertThat(registration.trust()).isZero();
    assertThat(registration.rejected()).isZero();
  }

  /** A blank wall in the dark: every image is other noise, and none is a reason to begin anew. */
  @Test
  void shouldTakeNoiseForNoTexture() {
    Random random = new Random(13);
    for (int i = 0; i < 3 * PLANES; i++) {
      Frame frame = offer((x, y) -> (int) (60 + 10 * random.nextGaussian()), i % PLANES);
      assertThat(Objects.requireNonNull(frame).viewToImage().isIdentity()).isTrue();
    }
    assertThat(registration.trust()).isZero();
  }

  @Test
  void shouldRejectAFrameOfSomethingElseAndGoOn() {
    Texture texture = new Texture(6);
    sweep(texture, new Affine());
    registration.rebase(registered);
    assertThat(offer(new Texture(99), new Affine(), 0)).isNull();
    assertThat(registration.rejected()).isEqualTo(1);
    assertThat(registration.isLost()).isFalse();
    assertThat(offer(texture, motion(1, 0, 2, 0), 1)).isNotNull();
  }

  /** Never a wild warp: what cannot be followed begins anew, and finally is left unregistered. */
  @Test
  void shouldSuspendItselfWhereMotionCannotBeFollowed() {
    int restarts = 0;
    for (long i = 0; i < 40 && !registration.isSuspended(); i++) {
      if (offer(new Texture(100 + i), new Affine(), (int) (i % PLANES)) == null
          && registration.isLost()) {
        for (int plane = 0; plane < PLANES; plane++) {
          if (registered[plane] != null) {
            registered[plane].close();
            registered[plane] = null;
          }
        }
        registration.restart();
        restarts++;
      }
    }
    assertThat(restarts).isEqualTo(3);
    assertThat(registration.losses()).isEqualTo(3);
    assertThat(registration.isSuspended()).isTrue();
    Frame shown = offer(new Texture(7), motion(1.1, 0, 9, 9), 0);
    assertThat(Objects.requireNonNull(shown).viewToImage().isIdentity()).isTrue();
    for (int i = 0; registration.isSuspended(); i++) {
      assertThat(i).isLessThan(100);
      offer(new Texture(7), new Affine(), i % PLANES);
    }
    assertThat(registration.isLost()).isTrue();
    registration.restart();
    sweep(new Texture(7), motion(1, 0, 5, 0), new Affine());
  }

  @Test
  void shouldMakeTheNewestFrameTheKeyframeWhenTheCameraHasMovedFar() {
    Texture texture = new Texture(8);
    sweep(texture, new Affine());
    registration.rebase(registered);
    long keyframes = registration.keyframes();
    Affine[] truth = new Affine[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      truth[plane] = motion(1, 0, 4.0 * (plane + 1), 0);
    }
    int rebased = 0;
    for (int plane = 0; plane < PLANES; plane++) {
      assertThat(offer(texture, truth[plane], plane)).isNotNull();
      if (registration.isKeyframeDue(true)) {
        registration.rebase(registered);
        assertThat(registration.outputToView().isIdentity()).isTrue();
        rebased++;
      }
    }
    assertThat(rebased).isEqualTo(1);
    assertThat(registration.keyframes()).isEqualTo(keyframes + 1);
    // All planes in the newest image's view, by way of the keyframe's.
    Affine toNewest = registration.outputToView();
    for (int plane = 0; plane < PLANES; plane++) {
      Affine newestToImage = new Affine().setSequence(toNewest, registered[plane].viewToImage());
      Affine expected =
          new Affine().setSequence(new Affine().setInverse(truth[PLANES - 1]), truth[plane]);
      assertThat(newestToImage.distance(expected, WIDTH, HEIGHT)).isLessThan(0.3);
      assertThat(registration.shift(plane))
          .isBetween(4.0 * (PLANES - 1 - plane) - 0.3, 4.0 * (PLANES - 1 - plane) + 0.3);
    }
  }

  /** A new keyframe changes the view, not what moved. */
  @Test
  void shouldKeepTheMarksOfWhatMovedWhenTheViewChanges() {
    Texture texture = new Texture(12);
    Affine[] truth = new Affine[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      truth[plane] = motion(1, 0, 16.0 * plane / (PLANES - 1), 0);
    }
    sweep(texture, truth);
    for (Frame frame : registered) {
      CellMask marks = frame.changedCells();
      marks.set(10 * marks.columns() + 12);
    }
    registration.rebase(registered);
    for (Frame frame : registered) {
      // 16 pixels, two cells, to the right: the newest image's view.
      assertThat(frame.changedCells().atPixel(8 * 14 + 4, 8 * 10 + 4)).isTrue();
      assertThat(frame.changedCells().atPixel(8 * 12 + 4, 8 * 10 + 4)).isFalse();
      assertThat(frame.changedCells().count()).isBetween(1, 6);
    }
  }

  /** What a lens does is learned over sweeps, in which the camera may shake. */
  @Test
  void shouldLearnWhatTheLensDoes() {
    registration.close();
    registration = of(RegistrationMode.LENS, null);
    Texture texture = new Texture(11);
    Random random = new Random(11);
    Affine[] lens = new Affine[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      lens[plane] = motion(1 + 0.01 * plane, 0, 0.5 * plane, 0);
    }
    for (int i = 0; i < 14 * PLANES; i++) {
      int plane = i % PLANES;
      Affine shake = motion(1, 0, 0.7 * random.nextGaussian(), 0.7 * random.nextGaussian());
      Affine truth = i < 12 * PLANES ? shake.setSequence(shake, lens[plane]) : lens[plane];
      assertThat(offer(texture, truth, plane)).isNotNull();
      if (registration.isKeyframeDue(i >= PLANES - 1)) {
        registration.rebase(registered);
      }
    }
    Affine toNewest = registration.outputToView();
    for (int plane = 0; plane < PLANES; plane++) {
      Affine expected =
          new Affine().setSequence(new Affine().setInverse(lens[PLANES - 1]), lens[plane]);
      Affine found = new Affine().setSequence(toNewest, registered[plane].viewToImage());
      assertThat(found.distance(expected, WIDTH, HEIGHT)).isLessThan(1.2);
    }
  }

  /** With a calibrated lens the frames and the map are in its reference view. */
  @Test
  void shouldTakeTheLensPartFromItsCalibration() {
    registration.close();
    LensWarp lens =
        new LensWarp() {
          @Override
          public double referenceFocus() {
            return 3;
          }

          @Override
          public void referenceToImage(double focus, Affine into) {
            into.set(motion(1 + 0.01 * (focus - 3), 0, 0, 0));
          }
        };
    registration = of(RegistrationMode.LENS, lens);
    Texture texture = new Texture(9);
    for (int plane = 0; plane < PLANES; plane++) {
      Affine truth = motion(1 + 0.01 * (plane - 2), 0, 0, 0);
      Frame frame = Objects.requireNonNull(offer(texture, truth, plane));
      assertThat(frame.viewToImage().distance(truth, WIDTH, HEIGHT)).isLessThan(0.11);
      assertThat(registration.outputToView().largestShift(WIDTH, HEIGHT)).isLessThan(0.11);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1.5})
  void shouldAllocateNothingPerFrame(double shake) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    Frame[] images = new Frame[2 * PLANES];
    for (int i = 0; i < images.length; i++) {
      Affine motion = motion(1, 0, shake * (i % 3), shake * (i % 2));
      images[i] = new Texture(10).frame(pool, WIDTH, HEIGHT, motion, ++number, 1 + i % PLANES);
    }
    long bytes = 0;
    for (int round = 0; round < 60; round++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < images.length; i++) {
        Frame frame = Objects.requireNonNull(registration.register(images[i], i % PLANES));
        frame.close();
      }
      bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }
    // JDK 25 leaves 72 to 258 bytes of short-lived objects, which JDK 17's compiler removes.
    long most = Runtime.version().feature() == 17 ? 0 : 1024;
    assertThat(bytes / images.length).as("bytes a frame").isLessThanOrEqualTo(most);
    for (Frame image : images) {
      image.close();
    }
  }
}
