package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * The connection to one subscriber of a published topic: a queue of serialised messages, from which
 * the oldest are dropped when the subscriber is slow, and the loop that writes them. A slow
 * subscriber does not delay the others. Thread-safe.
 */
public final class SubscriberLink {
  private static final int MAX_GATHERED = 16;
  private static final int MAX_GATHERED_BYTES = 64 << 10;
  private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int id;
  private final String callerId;
  private final SocketChannel channel;
  private final int queueSize;
  private final Object lock = new Object();
  private final ArrayDeque<BufferPool.Lease> queue = new ArrayDeque<>();
  private final ByteBuffer discarded = ByteBuffer.allocateDirect(64);
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

  /** Queues a message and retains its buffer until it is written or dropped. */
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

  /** Writes queued messages until the connection is closed by the peer or {@link #close}. */
  public void run() throws IOException {
    BufferPool.Lease[] taken = new BufferPool.Lease[MAX_GATHERED];
    ByteBuffer[] views = new ByteBuffer[MAX_GATHERED];
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
            taken[i].returnView(views[i]);
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
      // For a single buffer a plain write is cheaper than a gathering one.
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
   * Removes one message from the queue, and more only if they are small, since removed messages can
   * no longer be dropped in favour of newer ones.
   *
   * @return the number of messages; 0 after a timeout, −1 once closed
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
        if (count > 0 && bytes > MAX_GATHERED_BYTES) {
          break;
        }
        into[count++] = queue.removeFirst();
      }
      return count;
    }
  }

  /** Detects on an idle link, by a read, that the peer has closed it; subscribers send nothing. */
  private void checkPeer() throws IOException {
    channel.configureBlocking(false);
    try {
      if (channel.read(discarded.clear()) < 0) {
        throw new IOException("connection closed by the peer");
      }
    } finally {
      if (channel.isOpen()) {
        channel.configureBlocking(true);
      }
    }
  }

  /** Drops the queued messages and closes the connection. */
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
