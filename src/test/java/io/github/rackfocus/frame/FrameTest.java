package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class FrameTest {
  private final FramePool pool = new FramePool(2);

  @Test
  void shouldCarryWhatItWasSealedWith() {
    Frame frame = pool.tryLease(4, 3, true);
    frame.luma().put(5, (byte) 200);
    frame.colour().put(3 * 5 + 2, (byte) 7);
    assertThat(frame.seal(12, 3, FocusReading.at(2.5), 99, 5, 6)).isSameAs(frame);
    assertThat(frame.width()).isEqualTo(4);
    assertThat(frame.height()).isEqualTo(3);
    assertThat(frame.pixels()).isEqualTo(12);
    assertThat(frame.lumaAt(5)).isEqualTo(200);
    assertThat(frame.colour().get(17)).isEqualTo((byte) 7);
    assertThat(frame.stampNanos()).isEqualTo(12);
    assertThat(frame.sequence()).isEqualTo(3);
    assertThat(frame.arrivalNanos()).isEqualTo(99);
    assertThat(frame.receiveNanos()).isEqualTo(5);
    assertThat(frame.decodeNanos()).isEqualTo(6);
    assertThat(frame.focus()).isEqualTo(FocusReading.at(2.5));
    frame.close();
  }

  @Test
  void shouldBeImmutableOnceSealed() {
    Frame frame = pool.tryLease(4, 3, true).seal(0, 0, FocusReading.NONE);
    assertThatThrownBy(() -> frame.luma().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> frame.colour().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> frame.seal(0, 1, FocusReading.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("frame 0 is already sealed");
    frame.close();
  }

  @Test
  void shouldTakeAReadingOnce() {
    Frame frame = pool.tryLease(4, 3, false).seal(0, 8, FocusReading.NONE);
    assertThat(frame.focus().isKnown()).isFalse();
    frame.assignFocus(FocusReading.at(3));
    assertThat(frame.focus().focus()).isEqualTo(3);
    assertThatThrownBy(() -> frame.assignFocus(FocusReading.at(4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("frame 8 already has a focus reading");
    frame.close();
  }

  @Test
  void shouldGoBackToItsPoolWithTheLastLease() {
    Frame frame = pool.tryLease(4, 3, false).seal(0, 0, FocusReading.NONE);
    assertThat(frame.retain()).isSameAs(frame);
    frame.close();
    assertThat(pool.leased()).isEqualTo(1);
    frame.close();
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldRefuseMoreClosesThanLeasesAndAnyLeaseAfterThem() {
    Frame frame = pool.tryLease(4, 3, false).seal(0, 5, FocusReading.NONE);
    frame.close();
    assertThatThrownBy(frame::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("frame 5 was closed more often than leased");
    assertThatThrownBy(frame::retain)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("frame 5 was retained after its last close");
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldBeWritableAndBlankOfMetadataWhenLeasedAgain() {
    Frame frame = pool.tryLease(4, 3, false).seal(7, 7, FocusReading.at(1), 7);
    frame.close();
    Frame again = pool.tryLease(4, 3, false);
    assertThat(again).isSameAs(frame);
    assertThat(again.focus()).isEqualTo(FocusReading.NONE);
    assertThat(again.arrivalNanos()).isZero();
    again.luma().put(0, (byte) 1);
    again.close();
  }
}
