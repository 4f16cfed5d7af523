package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimeJumpTest {
  private final TimeJump jump = new TimeJump();

  @Test
  void shouldBelieveThreeOldStampsInARowThatRise() {
    assertThat(jump.isJump(10)).isFalse();
    assertThat(jump.isJump(20)).isFalse();
    assertThat(jump.isJump(30)).isTrue();
  }

  @Test
  void shouldNotBelieveStampsThatFall() {
    for (long stamp = 100; stamp > 0; stamp--) {
      assertThat(jump.isJump(stamp)).isFalse();
    }
  }

  @Test
  void shouldStartAgainAfterAnAcceptedStamp() {
    jump.isJump(10);
    jump.isJump(20);
    jump.reset();
    assertThat(jump.isJump(30)).isFalse();
    assertThat(jump.isJump(40)).isFalse();
    assertThat(jump.isJump(50)).isTrue();
  }

  @Property
  void shouldBelieveOnlyAfterTwoRises(
      @ForAll @Size(max = 40) List<@LongRange(max = 20) Long> stamps) {
    TimeJump tested = new TimeJump();
    for (int i = 0; i < stamps.size(); i++) {
      boolean expected =
          i >= 2 && stamps.get(i - 2) < stamps.get(i - 1) && stamps.get(i - 1) < stamps.get(i);
      assertThat(tested.isJump(stamps.get(i))).as("stamp %d of %s", i, stamps).isEqualTo(expected);
    }
  }
}
