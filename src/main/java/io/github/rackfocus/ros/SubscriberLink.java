package io.github.rackfocus.ros;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One subscriber of ours: a queue of serialised messages, of which the oldest are dropped when the
 * other end is slow, and the loop that writes them. No other subscriber waits for this one.
 */
final class SubscriberLink {
  private static final int MOST_GATHERED = 8;
  private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int id;
  private final String callerId;
  private final SocketChannel channel;
  private final int queueSize;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<BufferPool.Lease> queue;
  private boolean closed;
  private volatile long dropped;
  private volatile long sentBytes;
  private volatile long sentMessages;

  SubscriberLink(int id, String callerId, SocketChannel channel, int queueSize) {
    this.id = id;
    this.callerId = callerId;
    this.channel = channel;
    this.queueSize = queueSize;
    this.queue = new ArrayDeque<>(queueSize + 1);
  }

  int id() {
    return id;
  }

  String callerId() {
    return callerId;
  }

  long dropped() {
    return dropped;
  }

  long sentBytes() {
    return sentBytes;
  }

  long sentMessages() {
    return sentMessages;
  }

  String remoteAddress() {
    return String.valueOf(channel.socket().getRemoteSocketAddress());
  }

  /** Queues a message, for which the link holds the lease until it is written or dropped. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under the lock only
  void offer(BufferPool.Lease message) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      message.retain();
      queue.addLast(message);
      if (queue.size() > queueSize) {
        queue.removeFirst().release();
        dropped++;
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is queued until the other end or {@link #close} ends it. */
  void run() throws IOException {
    BufferPool.Lease[] taken = new BufferPool.Lease[MOST_GATHERED];
    ByteBuffer[] views = new ByteBuffer[MOST_GATHERED];
    try {
      for (int count = take(taken); count >= 0; count = take(taken)) {
        if (count == 0) {
          checkPeer();
          continue;
        }
        try {
          write(taken, views, count);
        } finally {
          for (int i = 0; i < count; i++) {
            taken[i].release();
          }
        }
      }
    } finally {
      close();
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the link's thread only
  private void write(BufferPool.Lease[] taken, ByteBuffer[] views, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      views[i] = taken[i].buffer().duplicate();
    }
    int first = 0;
    while (first < count) {
      sentBytes += channel.write(views, first, count - first);
      while (first < count && !views[first].hasRemaining()) {
        views[first++] = null;
      }
    }
    sentMessages += count;
  }

  /** How many were taken; 0 after a while without any, −1 once closed. */
  private int take(BufferPool.Lease[] into) {
    lock.lock();
    try {
      long left = IDLE_CHECK_NANOS;
      while (queue.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      if (closed) {
        return -1;
      }
      int count = 0;
      while (count < into.length && !queue.isEmpty()) {
        into[count++] = queue.removeFirst();
      }
      return count;
    } catch (InterruptedException e) {
      return -1;
    } finally {
      lock.unlock();
    }
  }

  /** Subscribers send nothing: a read that ends is how an idle link learns that they have gone. */
  private void checkPeer() throws IOException {
    channel.configureBlocking(false);
    try {
      ByteBuffer any = ByteBuffer.allocate(64);
      if (channel.read(any) < 0) {
        throw new IOException("closed by the other end");
      }
    } finally {
      if (channel.isOpen()) {
        channel.configureBlocking(true);
      }
    }
  }

  /** Drops what is queued and ends the connection. */
  void close() {
    lock.lock();
    try {
      closed = true;
      while (!queue.isEmpty()) {
        queue.removeFirst().release();
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is left to be said to the other end.
    }
  }
}
