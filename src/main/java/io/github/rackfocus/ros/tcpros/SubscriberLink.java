package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * One subscriber of ours: a queue of serialised messages, of which the oldest are dropped when the
 * other end is slow, and the loop that writes them. No other subscriber waits for this one.
 */
public final class SubscriberLink {
  private static final int MOST_GATHERED = 16;
  private static final int MOST_GATHERED_BYTES = 64 << 10;
  private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int id;
  private final String callerId;
  private final SocketChannel channel;
  private final int queueSize;
  private final Object lock = new Object();
  private final ArrayDeque<BufferPool.Lease> queue = new ArrayDeque<>();
  private final ByteBuffer anything = ByteBuffer.allocateDirect(64);
  private boolean closed;
  private volatile long dropped;
  private volatile long sentBytes;
  private volatile long sentMessages;

  public SubscriberLink(int id, String callerId, SocketChannel channel, int queueSize) {
    this.id = id;
    this.callerId = callerId;
    this.channel = channel;
    this.queueSize = queueSize;
  }

  public int id() {
    return id;
  }

  public String callerId() {
    return callerId;
  }

  public long dropped() {
    return dropped;
  }

  public long sentBytes() {
    return sentBytes;
  }

  public long sentMessages() {
    return sentMessages;
  }

  public String remoteAddress() {
    return String.valueOf(channel.socket().getRemoteSocketAddress());
  }

  /** Queues a message, for which the link holds the lease until it is written or dropped. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the lock only
  public void offer(BufferPool.Lease message) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      message.retain();
      queue.addLast(message);
      if (queue.size() > queueSize) {
        queue.removeFirst().release();
        dropped++;
      }
      lock.notifyAll();
    }
  }

  /** Writes what is queued until the other end or {@link #close} ends it. */
  public void run() throws IOException {
    BufferPool.Lease[] taken = new BufferPool.Lease[MOST_GATHERED];
    ByteBuffer[] views = new ByteBuffer[MOST_GATHERED];
    try {
      for (int count = take(taken); count >= 0; count = take(taken)) {
        if (count == 0) {
          checkPeer();
          continue;
        }
        for (int i = 0; i < count; i++) {
          views[i] = taken[i].takeView();
        }
        try {
          write(views, count);
        } finally {
          for (int i = 0; i < count; i++) {
            taken[i].giveBackView(views[i]);
            taken[i].release();
          }
        }
      }
    } finally {
      close();
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the link's thread only
  private void write(ByteBuffer[] views, int count) throws IOException {
    int first = 0;
    while (first < count) {
      // One buffer alone is cheaper by its own call than by a gathering one.
      sentBytes +=
          first == count - 1
              ? channel.write(views[first])
              : channel.write(views, first, count - first);
      while (first < count && !views[first].hasRemaining()) {
        first++;
      }
    }
    sentMessages += count;
  }

  /**
   * Takes one message, and more only while they are small: what is taken can no longer be dropped
   * for a fresher one.
   *
   * @return how many were taken; 0 after a while without any, −1 once closed
   */
  private int take(BufferPool.Lease[] into) {
    synchronized (lock) {
      try {
        long end = System.nanoTime() + IDLE_CHECK_NANOS;
        for (long left = IDLE_CHECK_NANOS;
            queue.isEmpty() && !closed && left > 0;
            left = end - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        }
      } catch (InterruptedException e) {
        return -1;
      }
      if (closed) {
        return -1;
      }
      int count = 0;
      long bytes = 0;
      while (count < into.length && !queue.isEmpty()) {
        bytes += queue.peekFirst().buffer().limit();
        if (count > 0 && bytes > MOST_GATHERED_BYTES) {
          break;
        }
        into[count++] = queue.removeFirst();
      }
      return count;
    }
  }

  /** Subscribers send nothing: a read that ends is how an idle link learns that they have gone. */
  private void checkPeer() throws IOException {
    channel.configureBlocking(false);
    try {
      if (channel.read(anything.clear()) < 0) {
        throw new IOException("closed by the other end");
      }
    } finally {
      if (channel.isOpen()) {
        channel.configureBlocking(true);
      }
    }
  }

  /** Drops what is queued and ends the connection. */
  public void close() {
    synchronized (lock) {
      closed = true;
      while (!queue.isEmpty()) {
        queue.removeFirst().release();
      }
      lock.notifyAll();
    }
    Sockets.closeQuietly(channel);
  }
}
