package io.github.rackfocus.ros.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  @Property(seed = "20261120", tries = 500)
  void shouldWasteAtMostAQuarter(@ForAll @IntRange(min = 4097, max = 1 << 30) int least) {
    int size = BufferPool.sizeFor(least);
    assertThat(size).isGreaterThanOrEqualTo(least);
    assertThat((double) size).isLessThanOrEqualTo(1.25 * least);
  }

  @Test
  void shouldUseABufferAgainOnceAllHaveReleasedIt() {
    BufferPool pool = new BufferPool(1 << 20);
    BufferPool.Lease lease = pool.take(5000);
    ByteBuffer buffer = lease.buffer();
    lease.retain();
    lease.release();
    assertThat(pool.take(5000).buffer()).isNotSameAs(buffer);
    assertThat(pool.held()).isEqualTo(2);
    lease.release();
    assertThat(pool.held()).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(lease::release);
    assertThat(pool.take(5001).buffer()).isSameAs(buffer);
    assertThat(pool.allocations()).isEqualTo(2);
  }

  @Test
  void shouldNotKeepMoreThanItMay() {
    BufferPool pool = new BufferPool(8192);
    BufferPool.Lease first = pool.take(8000);
    BufferPool.Lease second = pool.take(8000);
    first.release();
    second.release();
    pool.take(8000);
    pool.take(8000);
    assertThat(pool.allocations()).isEqualTo(3);
  }
}
