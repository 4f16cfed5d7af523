package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HandoverTest {
  private static final class Ticket implements Lease {
    final int number;
    final AtomicInteger closed = new AtomicInteger();

    Ticket(int number) {
      this.number = number;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Property(tries = 200, seed = "20261120")
  void shouldDropTheOldestAndLoseNothingUncounted(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Handover<Ticket> queue = new Handover<>(1 + random.nextInt(5), false);
    List<Ticket> given = new ArrayList<>();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (random.nextBoolean()) {
        Ticket ticket = new Ticket(given.size());
        given.add(ticket);
        queue.put(ticket);
      } else if (queue.waiting() > 0) {
        taken.add(queue.take().number);
      }
    }
    assertThat(taken).isSorted().doesNotHaveDuplicates();
    assertThat(taken.size() + queue.dropped() + queue.waiting()).isEqualTo(given.size());
    queue.abandon();
    for (Ticket ticket : given) {
      assertThat(ticket.closed.get()).isEqualTo(taken.contains(ticket.number) ? 0 : 1);
    }
  }

  @Test
  void shouldKeepTheLatestOfOne() throws Exception {
    Handover<Ticket> mailbox = new Handover<>(1, false);
    for (int i = 0; i < 5; i++) {
      mailbox.put(new Ticket(i));
    }
    assertThat(mailbox.take().number).isEqualTo(4);
    assertThat(mailbox.dropped()).isEqualTo(4);
  }

  @Test
  void shouldMakeTheGiverWaitWhereNothingMayBeLost() throws Exception {
    Handover<Ticket> queue = new Handover<>(1, true);
    queue.put(new Ticket(0));
    Thread giver =
        new Thread(() -> {
          try {
            queue.put(new Ticket(1));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    giver.start();
    await().until(() -> giver.getState() == Thread.State.WAITING);
    assertThat(queue.take().number).isZero();
    assertThat(queue.take().number).isEqualTo(1);
    giver.join();
    assertThat(queue.dropped()).isZero();
  }

  @Test
  void shouldGiveWhatWaitsAfterTheEndAndThenNothing() throws Exception {
    Handover<Ticket> queue = new Handover<>(2, false);
    queue.put(new Ticket(7));
    queue.end();
    Ticket late = new Ticket(8);
    queue.put(late);
    assertThat(late.closed.get()).isEqualTo(1);
    assertThat(queue.take().number).isEqualTo(7);
    assertThat(queue.take()).isNull();
  }
}
