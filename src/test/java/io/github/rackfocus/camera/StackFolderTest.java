package io.github.rackfocus.camera;

import static io.github.rackfocus.camera.StackFolderFixture.HEIGHT;
import static io.github.rackfocus.camera.StackFolderFixture.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.Pfm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackFolderTest {
  private static final String FAR_FIRST = "{\"focus\": [1.5, 2, 4], \"unit\": \"dioptre\"}";
  private static final String NEAR_FIRST = "{\"focus\": [4, 2, 1.5], \"unit\": \"dioptre\"}";

  @TempDir Path folder;

  private final FramePool pool = new FramePool(4);
  private final FakeClock clock = new FakeClock();

  @Test
  void shouldReadDioptresFarToNearOnceByDefault() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    try (StackFolder stack = StackFolder.open(folder)) {
      assertThat(stack.scale()).isEqualTo(FocusScale.DIOPTRE);
      assertThat(stack.planeFocus()).containsExactly(1.5, 2, 4);
      assertThat(stack.name()).isEqualTo(folder.getFileName().toString());
      assertThat(stack.width()).isEqualTo(WIDTH);
      assertThat(stack.height()).isEqualTo(HEIGHT);
      for (int i = 0; i < 3; i++) {
        try (Frame frame = stack.next()) {
          assertThat(frame.sequence()).isEqualTo(i);
          assertThat(frame.focus().focus()).isEqualTo(stack.planeFocus()[i]);
          assertThat(frame.focus().settled()).isTrue();
          assertThat(frame.lumaAt(2 * WIDTH + 3)).isEqualTo(10 * i + 3);
          assertThat(frame.colour()).isNull();
        }
      }
      assertThat(stack.next()).isNull();
      assertThat(stack.groundTruth()).isEmpty();
      assertThat(stack.dropped()).isZero();
    }
  }

  @Test
  void shouldReverseAFolderFromNearToFar() throws Exception {
    StackFolderFixture.write(folder, 3, NEAR_FIRST);
    assertThat(play(StackFolderConfig.DEFAULTS, 4)).containsExactly("1.5:20", "2.0:10", "4.0:0");
  }

  @Test
  void shouldReverseIndicesOfAFolderFromNearToFar() throws Exception {
    StackFolderFixture.write(
        folder, 3, "{\"focus\": [1, 2, 3], \"unit\": \"index\", \"order\": \"near-first\"}");
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS)) {
      assertThat(stack.scale()).isEqualTo(FocusScale.INDEX_NEAR_FIRST);
      assertThat(stack.planeFocus()).containsExactly(-3, -2, -1);
      assertThat(stack.scale().depthAt(stack.planeFocus()[0], 0)).isEqualTo(3);
    }
    assertThat(play(StackFolderConfig.DEFAULTS, 4)).containsExactly("-3.0:20", "-2.0:10", "-1.0:0");
  }

  @Test
  void shouldKeepIndicesOfAFolderFromFarToNear() throws Exception {
    StackFolderFixture.write(
        folder, 3, "{\"focus\": [1, 2, 3], \"unit\": \"index\", \"order\": \"far-first\"}");
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS)) {
      assertThat(stack.scale()).isEqualTo(FocusScale.INDEX_FAR_FIRST);
      assertThat(stack.planeFocus()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void shouldAcceptAConsistentOrderAndEveryDocumentedKey() throws Exception {
    StackFolderFixture.write(
        folder,
        3,
        "{\"focus\": [4, 2, 1.5], \"unit\": \"dioptre\", \"order\": \"near-first\","
            + " \"source\": \"s\", \"licence\": \"l\", \"note\": \"n\"}");
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS)) {
      assertThat(stack.planeFocus()).containsExactly(1.5, 2, 4);
    }
  }

  @Test
  void shouldLoopAsASaw() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    assertThat(play(StackFolderConfig.DEFAULTS.withLoop(true), 5))
        .containsExactly("1.5:0", "2.0:10", "4.0:20", "1.5:0", "2.0:10");
  }

  @Test
  void shouldLoopBackAndForth() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    assertThat(play(StackFolderConfig.DEFAULTS.withLoop(true).withBackAndForth(true), 6))
        .containsExactly("1.5:0", "2.0:10", "4.0:20", "2.0:10", "1.5:0", "2.0:10");
  }

  @Test
  void shouldGenerateIncreasingStampsAtTheRate() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    assertThat(
            stamps(
                StackFolderConfig.DEFAULTS
                    .withLoop(true)
                    .withRateHz(10)
                    .withPaced(false)
                    .withStartStampNanos(7),
                5))
        .containsExactly(7L, 100_000_007L, 200_000_007L, 300_000_007L, 400_000_007L);
  }

  @Test
  void shouldKeepTheStampsOfTheFolderExactly() throws Exception {
    StackFolderFixture.write(
        folder, 3, withStamps("[1.5, 2, 4]", "[1700000000.000000001, 1700000000.1, 1700000000.3]"));
    assertThat(stamps(StackFolderConfig.DEFAULTS.withLoop(true), 5))
        .containsExactly(
            1_700_000_000_000_000_001L,
            1_700_000_000_100_000_000L,
            1_700_000_000_300_000_000L,
            1_700_000_000_449_999_999L,
            1_700_000_000_549_999_998L);
  }

  @Test
  void shouldMirrorTheStampsOfAReversedFolder() throws Exception {
    StackFolderFixture.write(folder, 3, withStamps("[4, 2, 1.5]", "[10, 10.1, 10.3]"));
    assertThat(stamps(StackFolderConfig.DEFAULTS, 3))
        .containsExactly(10_000_000_000L, 10_200_000_000L, 10_300_000_000L);
  }

  @Test
  void shouldPaceByTheInjectedClock() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS.withRateHz(10).withPaced(true))) {
      stack.next().close();
      assertThat(clock.waitedNanos()).isZero();
      clock.pass(30_000_000);
      stack.next().close();
      assertThat(clock.waitedNanos()).isEqualTo(70_000_000);
      try (Frame last = stack.next()) {
        assertThat(clock.waitedNanos()).isEqualTo(170_000_000);
        assertThat(last.arrivalNanos()).isEqualTo(clock.nanoTime());
      }
    }
  }

  @Test
  void shouldDropAFrameOfALiveStackWhenThePoolIsEmpty() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    FramePool one = new FramePool(1);
    try (StackFolder stack =
        StackFolder.open(
            folder, StackFolderConfig.DEFAULTS.withRateHz(10).withPaced(true), one, clock)) {
      Frame first = stack.next();
      assertThat(stack.next()).isNull();
      assertThat(stack.dropped()).isEqualTo(2);
      first.close();
    }
    assertThat(one.leased()).isZero();
  }

  @Test
  void shouldWaitForThePoolWhenNotPaced() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    FramePool one = new FramePool(1);
    try (StackFolder stack =
        StackFolder.open(folder, StackFolderConfig.DEFAULTS, one, SourceClock.SYSTEM)) {
      Frame first = stack.next();
      Thread closer = new Thread(first::close);
      closer.start();
      try (Frame second = stack.next()) {
        assertThat(second.sequence()).isEqualTo(1);
      }
      closer.join();
      assertThat(stack.dropped()).isZero();
    }
  }

  @Test
  void shouldStopWaitingWhenClosedFromAnotherThread() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    StackFolder stack =
        StackFolder.open(
            folder,
            StackFolderConfig.DEFAULTS.withRateHz(0.001).withPaced(true),
            pool,
            SourceClock.SYSTEM);
    stack.next().close();
    Thread closer = new Thread(stack::close);
    closer.start();
    assertThat(stack.next()).isNull();
    closer.join();
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldConvertColourByBt601AndCarryItWhileItIsWanted() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    StackFolderFixture.rgb(folder.resolve("000.png"), WIDTH, HEIGHT, (x, y) -> 0xc86432);
    AtomicBoolean wanted = new AtomicBoolean(true);
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS.withLoop(true))) {
      stack.colourDemand(wanted::get);
      for (int round = 0; round < 2; round++) {
        try (Frame colour = stack.next();
            Frame mono = stack.next();
            Frame last = stack.next()) {
          // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
          assertThat(colour.lumaAt(0)).isEqualTo(124);
          assertThat(colour.colour().get(0) & 0xff).isEqualTo(200);
          assertThat(colour.colour().get(1) & 0xff).isEqualTo(100);
          assertThat(colour.colour().get(2) & 0xff).isEqualTo(50);
          assertThat(mono.colour().get(3 * 4 + 1)).isEqualTo((byte) 14);
          assertThat(mono.lumaAt(4)).isEqualTo(14);
          assertThat(last.hasColour()).isTrue();
        }
      }
      wanted.set(false);
      try (Frame frame = stack.next()) {
        assertThat(frame.colour()).isNull();
        assertThat(frame.lumaAt(0)).isEqualTo(124);
      }
    }
  }

  @Test
  void shouldCarryNoColourWhereNoImageHasAny() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS)) {
      stack.colourDemand(() -> true);
      try (Frame frame = stack.next()) {
        assertThat(frame.colour()).isNull();
      }
    }
  }

  @Test
  void shouldDecodeColourAgainWhereItDoesNotFitTheMemory() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    StackFolderFixture.rgb(folder.resolve("000.png"), WIDTH, HEIGHT, (x, y) -> 0xc86432);
    long lumaOnly = 3L * WIDTH * HEIGHT;
    try (StackFolder stack =
        open(StackFolderConfig.DEFAULTS.withLoop(true).withMemoryLimitBytes(lumaOnly))) {
      stack.colourDemand(() -> true);
      for (int i = 0; i < 6; i++) {
        try (Frame frame = stack.next()) {
          assertThat(frame.colour().get(0) & 0xff).isEqualTo(i % 3 == 0 ? 200 : frame.lumaAt(0));
        }
      }
    }
  }

  @Test
  void shouldScale16BitFilesByTheDeclaredDepth() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    StackFolderFixture.mono16(folder.resolve("000.png"), WIDTH, HEIGHT, (x, y) -> 2048);
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS);
        Frame frame = stack.next()) {
      assertThat(frame.lumaAt(0)).isEqualTo(8);
    }
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS.withBitDepth(12));
        Frame frame = stack.next()) {
      assertThat(frame.lumaAt(0)).isEqualTo(128);
    }
  }

  @Test
  void shouldReadJpegAndPng() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    Files.delete(folder.resolve("001.png"));
    StackFolderFixture.mono(folder.resolve("001.jpg"), WIDTH, HEIGHT, (x, y) -> 90);
    assertThat(play(StackFolderConfig.DEFAULTS, 3)).containsExactly("1.5:0", "2.0:90", "4.0:20");
  }

  @Test
  void shouldReadTheSamePixelsWhenTheImagesAreNotKept() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    StackFolderConfig loop = StackFolderConfig.DEFAULTS.withLoop(true);
    assertThat(play(loop.withMemoryLimitBytes(0), 5)).isEqualTo(play(loop, 5));
  }

  @Test
  void shouldReadTheGroundTruth() throws Exception {
    StackFolderFixture.write(folder, 3, FAR_FIRST);
    float[] depth = new float[WIDTH * HEIGHT];
    IntStream.range(0, depth.length).forEach(i -> depth[i] = 0.1f * i);
    new Pfm(WIDTH, HEIGHT, depth).write(folder.resolve("depth.pfm"));
    try (StackFolder stack = open(StackFolderConfig.DEFAULTS)) {
      assertThat(stack.groundTruth()).isPresent();
      assertThat(stack.groundTruth().get().values()).containsExactly(depth);
    }
  }

  @Test
  void shouldRejectValuesOutOfRange() {
    assertThatThrownBy(() -> StackFolderConfig.DEFAULTS.withBitDepth(17))
        .hasMessage("bitDepth is 17; expected 8 to 16");
    assertThatThrownBy(() -> StackFolderConfig.DEFAULTS.withRateHz(Double.NaN).withPaced(true))
        .hasMessage("rateHz is NaN; expected 0.001 to 10000 frames per second");
    assertThatThrownBy(() -> StackFolderConfig.DEFAULTS.withMemoryLimitBytes(-1))
        .hasMessage("memoryLimitBytes is -1; expected 0 or more");
    assertThatThrownBy(() -> StackFolderConfig.DEFAULTS.withStartStampNanos(-1))
        .hasMessage("startStampNanos is -1; expected 0 or more");
  }

  private static String withStamps(String focus, String stamps) {
    return "{\"focus\": " + focus + ", \"unit\": \"dioptre\", \"stamps\": " + stamps + "}";
  }

  private StackFolder open(StackFolderConfig options) throws Exception {
    return StackFolder.open(folder, options, pool, clock);
  }

  /** Returns focus and first luma of up to {@code most} frames. */
  private List<String> play(StackFolderConfig options, int most) throws Exception {
    List<String> seen = new ArrayList<>();
    try (StackFolder stack = open(options)) {
      Frame frame;
      while (seen.size() < most && (frame = stack.next()) != null) {
        seen.add(frame.focus().focus() + ":" + frame.lumaAt(0));
        frame.close();
      }
    }
    assertThat(pool.leased()).isZero();
    return seen;
  }

  private List<Long> stamps(StackFolderConfig options, int most) throws Exception {
    List<Long> seen = new ArrayList<>();
    try (StackFolder stack = open(options)) {
      while (seen.size() < most) {
        try (Frame frame = stack.next()) {
          seen.add(frame.stampNanos());
        }
      }
    }
    return seen;
  }
}
