package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.depth.DepthException;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
  private static final long PIXELS = 4000 * 3008L;
  private static final long FEATURES = 80 * PIXELS;
  private static final long GIBIBYTE = 1L << 30;

  private static void check(boolean onHost, long system, long direct) {
    MemoryNeed.check(
        "10 planes of 4000 x 3000 with proximal",
        10,
        PIXELS,
        FEATURES,
        0,
        false,
        onHost,
        new MemoryNeed.Left(system, direct));
  }

  @Test
  void shouldCountWhatAPlaneCacheKeeps() {
    MemoryNeed.Left left = new MemoryNeed.Left(7 * GIBIBYTE, 4 * GIBIBYTE);
    String what = "10 planes";
    MemoryNeed.check(what, 10, PIXELS, FEATURES, 0, false, true, left);
    assertThatThrownBy(
            () -> MemoryNeed.check(what, 10, PIXELS, FEATURES, GIBIBYTE, false, true, left))
        .hasMessageContaining("need about 9956 MiB; 7168 MiB are available");
    assertThatThrownBy(
            () -> MemoryNeed.check(what, 10, PIXELS, FEATURES, 3 * GIBIBYTE, false, false, left))
        .hasMessageContaining("MiB of direct memory");
  }

  @Test
  void shouldCountColour() {
    MemoryNeed.Left left = new MemoryNeed.Left(7 * GIBIBYTE, 4 * GIBIBYTE);
    // 6884 MiB without colour, and 63 bytes a pixel.
    assertThatThrownBy(() -> MemoryNeed.check("10", 10, PIXELS, FEATURES, 0, true, true, left))
        .hasMessageContaining("need about 7607 MiB; 7168 MiB are available");
    MemoryNeed.Left little = new MemoryNeed.Left(8 * GIBIBYTE, 1910L << 20);
    MemoryNeed.check("10", 10, PIXELS, FEATURES, 0, false, true, little);
    assertThatThrownBy(() -> MemoryNeed.check("10", 10, PIXELS, FEATURES, 0, true, true, little))
        .hasMessageContaining("MiB of direct memory; 1910 MiB are left");
  }

  @Test
  void shouldAcceptWhatFits() {
    assertThatCode(() -> check(true, 8 * GIBIBYTE, 4 * GIBIBYTE)).doesNotThrowAnyException();
    assertThatCode(() -> check(true, Long.MAX_VALUE, 4 * GIBIBYTE)).doesNotThrowAnyException();
  }

  @Test
  void shouldSayWhatTheSystemLacks() {
    assertThatThrownBy(() -> check(true, 6 * GIBIBYTE, 4 * GIBIBYTE))
        .isInstanceOf(DepthException.class)
        .hasMessage(
            "10 planes of 4000 x 3000 with proximal need about 6884 MiB; 6144 MiB are available."
                + " Use smaller or binned images or fewer planes, or free memory");
  }

  @Test
  void shouldSayWhatTheLimitOfTheJvmLacks() {
    assertThatThrownBy(() -> check(true, 8 * GIBIBYTE, GIBIBYTE))
        .isInstanceOf(DepthException.class)
        .hasMessageStartingWith(
            "10 planes of 4000 x 3000 with proximal need 1893 MiB of direct memory; 1024 MiB are"
                + " left of the JVM's limit.")
        .hasMessageContaining("-Xmx");
  }

  @Test
  void shouldNotCountTheMemoryOfAGpu() {
    assertThatCode(() -> check(false, 2 * GIBIBYTE, 4 * GIBIBYTE)).doesNotThrowAnyException();
  }

  @Test
  void shouldKnowWhatIsLeft() {
    MemoryNeed.Left left = MemoryNeed.Left.now();
    assertThat(left.systemBytes()).isPositive();
    assertThat(left.directBytes()).isPositive();
  }
}
