package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.sweep.FocalStack;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StillFilterTest {
  private static final int WIDTH = 48;
  private static final int HEIGHT = 40;
  private static final int PLANES = 5;
  private static final float PLANE = 1f / (PLANES - 1);
  private static final long TICK = 10_000_000;
  private static final ValidityThresholds THRESHOLDS = ValidityThresholds.DEFAULTS;

  private final FramePool pool = new FramePool(6 * PLANES);
  private final ScriptedEstimator script = new ScriptedEstimator(0.1f * PLANE);
  private final DepthEngine still =
      new DepthEngine(
          script,
          new StillFilter(THRESHOLDS),
          new DepthPostProcessor(THRESHOLDS),
          2,
          System::nanoTime);
  private final DepthEngine off =
      new DepthEngine(script, new DepthPostProcessor(THRESHOLDS), 2, System::nanoTime);
  private final Frame[] newest = new Frame[PLANES];
  private final boolean[] missing = new boolean[PLANES];
  private int width = WIDTH;
  private double farthest = 2;
  private boolean settled = true;
  private long placed;
  private long stampNanos = 1_000_000_000;

  /** Places the next frame on the next plane. */
  private void place(IntUnaryOperator changedCells) {
    int plane = (int) (placed % PLANES);
    double focus = farthest + 2 * plane;
    Frame frame =
        TestFrames.of(
            pool,
            width,
            HEIGHT,
            (x, y) -> 100 + (x + y) % 2 * 40,
            stampNanos,
            new FocusReading(focus, 0, settled, 20, 1));
    int cells = frame.changedCells().columns() * frame.changedCells().rows();
    for (int cell = 0; cell < cells; cell++) {
      if (changedCells.applyAsInt(cell) != 0) {
        frame.changedCells().set(cell);
      }
    }
    Frame before = newest[plane];
    newest[plane] = frame;
    if (before != null) {
      before.close();
    }
    placed++;
    stampNanos += TICK;
  }

  private void sweep() {
    for (int plane = 0; plane < PLANES; plane++) {
      place(cell -> 0);
    }
  }

  private FocalStack stack() {
    Frame[] frames = new Frame[PLANES];
    double[] focus = new double[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      Frame frame = newest[missing[plane] ? (plane + 1) % PLANES : plane];
      frames[plane] = frame.retain();
      focus[plane] = missing[plane] ? farthest + 2 * plane : frame.focus().focus();
    }
    return new FocalStack(
        FocusScale.DIOPTRE, frames, focus, missing, (int) ((placed + PLANES - 1) % PLANES));
  }

  private DepthMap map(DepthEngine engine) {
    try (FocalStack stack = stack()) {
      return Objects.requireNonNull(engine.compute(stack));
    }
  }

  /** Maps of a still scene until the filter has settled. */
  private void settle() {
    sweep();
    for (int map = 0; map < 5 * PLANES; map++) {
      place(cell -> 0);
      map(still).close();
    }
  }

  @AfterEach
  void shouldHaveClosedEverything() {
    for (Frame frame : newest) {
      if (frame != null) {
        frame.close();
      }
    }
    assertThat(pool.leased()).isZero();
  }

  private static void assertSameBytes(DepthMap found, DepthMap expected) {
    FloatBuffer[] these = {
      found.position(),
      found.error(),
      found.confidence(),
      found.allFocus(),
      found.depth(),
      found.uncertainty(),
      found.age()
    };
    FloatBuffer[] those = {
      expected.position(),
      expected.error(),
      expected.confidence(),
      expected.allFocus(),
      expected.depth(),
      expected.uncertainty(),
      expected.age()
    };
    for (int layer = 0; layer < these.length; layer++) {
      for (int i = 0; i < found.pixels(); i++) {
        assertThat(Float.floatToRawIntBits(these[layer].get(i)))
            .as("layer %d, pixel %d", layer, i)
            .isEqualTo(Float.floatToRawIntBits(those[layer].get(i)));
      }
    }
    for (int i = 0; i < found.pixels(); i++) {
      assertThat(found.validity().get(i)).isEqualTo(expected.validity().get(i));
    }
  }

  @Test
  void shouldLeaveTheFirstMapAsItIs() {
    sweep();
    try (DepthMap first = map(still);
        DepthMap unfiltered = map(off)) {
      assertSameBytes(first, unfiltered);
      assertThat(first.info().filter()).isEqualTo(FilterMode.STILL);
      assertThat(unfiltered.info().filter()).isEqualTo(FilterMode.OFF);
    }
  }

  @Test
  void shouldFuseMapsOfAStillScene() {
    settle();
    script.position = 0.5f + 0.05f * PLANE;
    place(cell -> 0);
    try (DepthMap map = map(still)) {
      float moved = (map.position().get(7) - 0.5f) / PLANE;
      assertThat(moved).as("a share of a fifth sweep").isBetween(0.0001f, 0.05f / 10);
      assertThat(map.error().get(7)).isLessThan(script.error);
      double metres = 1 / (2 + 8 * (double) map.position().get(7));
      assertThat(map.depth().get(7)).isCloseTo((float) metres, within(1e-6f));
      assertThat(map.validity().get(7)).isZero();
    }
  }

  @Test
  void shouldFollowAStepInTheSameMap() {
    settle();
    for (float step : new float[] {0.2f, 0.3f, 1.4f}) {
      script.position = 0.5f + step * PLANE;
      for (int map = 0; map < 3; map++) {
        place(cell -> 0);
        try (DepthMap found = map(still)) {
          assertThat(found.position().get(7))
              .as("step of %s planes, map %d", step, map)
              .isCloseTo(script.position, within(1e-6f));
        }
      }
      script.position = 0.5f;
      settle();
    }
  }

  @Test
  void shouldPublishNothingOldWhereACellOrItsNeighbourMoved() {
    settle();
    int columns = WIDTH / 8;
    int marked = 2 * columns + 2;
    script.position = 0.5f + 0.05f * PLANE;
    place(cell -> cell == marked ? 1 : 0);
    try (DepthMap found = map(still);
        DepthMap unfiltered = map(off)) {
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          int i = y * WIDTH + x;
          boolean near = Math.abs(x / 8 - 2) <= 1 && Math.abs(y / 8 - 2) <= 1;
          boolean own = found.position().get(i) == unfiltered.position().get(i);
          assertThat(own).as("pixel %d, %d", x, y).isEqualTo(near);
          boolean moved = found.validity().get(i) == Validity.MOVED.code();
          assertThat(moved).isEqualTo(x / 8 == 2 && y / 8 == 2);
        }
      }
    }
    // The mark is gone when the plane's next frame has not changed; fusion begins with that map.
    for (int map = 0; map < PLANES; map++) {
      place(cell -> 0);
      try (DepthMap found = map(still)) {
        assertThat(found.position().get(20 * WIDTH + 20)).isEqualTo(script.position);
      }
    }
  }

  @Test
  void shouldPublishAPixelThatIsNotConfidentForTwoSweeps() {
    settle();
    script.confidence = 0.9f;
    double span = (PLANES - 1) * TICK * 1e-9;
    double lastAge = ageInFocus();
    int held = 0;
    for (int map = 1; map <= 3 * PLANES; map++) {
      place(cell -> 0);
      try (DepthMap found = map(still)) {
        double age = lastAge + map * TICK * 1e-9;
        if (found.validity().get(7) == 0) {
          assertThat(map).as("in a row").isEqualTo(held + 1);
          held = map;
          assertThat(age).isLessThanOrEqualTo(2 * span + 1e-6);
          assertThat((double) found.age().get(7)).as("map %d", map).isCloseTo(age, within(1e-6));
          assertThat(found.confidence().get(7)).isGreaterThan(0.94f);
        } else {
          assertThat(found.confidence().get(7)).isEqualTo(script.confidence);
          assertThat((double) found.age().get(7)).isCloseTo(ageInFocus(), within(1e-6));
        }
      }
    }
    assertThat(held).isBetween(PLANES, 2 * PLANES);
    script.confidence = 0.98f;
    place(cell -> 0);
    try (DepthMap found = map(still)) {
      assertThat((double) found.age().get(7)).isCloseTo(ageInFocus(), within(1e-6));
    }
  }

  /** Age of the frame of plane 2, at position 0.5. */
  private double ageInFocus() {
    try (FocalStack stack = stack()) {
      return stack.ageNanos(2) * 1e-9;
    }
  }

  @Test
  void shouldNotPublishWhatAnUnsureEstimateDisagreesWith() {
    settle();
    script.confidence = 0.5f;
    script.error = 3 * PLANE;
    script.position = 0.5f + 0.6f * PLANE;
    place(cell -> 0);
    try (DepthMap found = map(still)) {
      assertThat(found.validity().get(7)).isEqualTo(Validity.AMBIGUOUS.code());
    }
  }

  @Test
  void shouldNeverPublishWhatWasNeverConfident() {
    script.confidence = 0.93f;
    settle();
    place(cell -> 0);
    try (DepthMap found = map(still)) {
      assertThat(found.info().validShare()).isZero();
    }
  }

  /** What ends a still scene. */
  private enum Event {
    NONE,
    NO_FRAME_IN_COMMON,
    GAP,
    EARLIER_STAMPS,
    RANGE,
    SIZE,
    MISSING_PLANE,
    UNSETTLED
  }

  @ParameterizedTest
  @EnumSource(Event.class)
  void shouldBeginAnewAfter(Event event) {
    settle();
    script.position = 0.5f + 0.05f * PLANE;
    switch (event) {
      case NO_FRAME_IN_COMMON -> sweep();
      case GAP -> {
        stampNanos += 10 * PLANES * TICK;
        place(cell -> 0);
      }
      case EARLIER_STAMPS -> {
        stampNanos -= 3 * TICK;
        place(cell -> 0);
      }
      case RANGE -> {
        while (placed % PLANES != 0) {
          place(cell -> 0);
          map(still).close();
        }
        farthest += 0.7;
        place(cell -> 0);
      }
      case SIZE -> {
        width = WIDTH / 2;
        sweep();
      }
      case MISSING_PLANE -> {
        missing[2] = true;
        place(cell -> 0);
      }
      case UNSETTLED -> {
        while (placed % PLANES != 2) {
          place(cell -> 0);
          map(still).close();
        }
        settled = false;
        place(cell -> 0);
      }
      default -> place(cell -> 0);
    }
    try (DepthMap found = map(still)) {
      boolean own = found.position().get(7) == script.position;
      assertThat(own).isEqualTo(event != Event.NONE);
    }
  }

  @Test
  void shouldGiveTheSameForTheSameMaps() {
    DepthEngine again =
        new DepthEngine(
            script,
            new StillFilter(THRESHOLDS),
            new DepthPostProcessor(THRESHOLDS),
            2,
            System::nanoTime);
    sweep();
    for (int map = 0; map < 4 * PLANES; map++) {
      script.position = 0.5f + 0.03f * PLANE * (map % 7);
      script.confidence = map % 5 == 0 ? 0.9f : 0.97f;
      place(cell -> 0);
      try (DepthMap one = map(still);
          DepthMap other = map(again)) {
        assertSameBytes(one, other);
      }
    }
  }

  @Test
  void shouldAllocateNothingPerMap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    StillFilter filter = new StillFilter(THRESHOLDS);
    sweep();
    long allocated = 0;
    DepthMapPool maps = new DepthMapPool(1);
    for (int map = 0; map < 300; map++) {
      script.position = 0.5f + 0.02f * PLANE * (map % 15);
      int cell = map % 30;
      place(each -> each == cell ? 1 : 0);
      try (FocalStack stack = stack();
          DepthMap into = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT))) {
        script.estimate(stack, into);
        long before = threads.getCurrentThreadAllocatedBytes();
        filter.apply(stack, into);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        allocated += map < 200 ? 0 : bytes;
      }
    }
    assertThat(allocated).isZero();
  }
}
