package io.github.rackfocus.ros;

import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import io.github.rackfocus.ros.tcpros.SubscriberLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes messages on a topic. A message is serialised once, in the caller's thread, into a
 * pooled direct buffer that all subscribers share; the caller may reuse it when {@link #publish}
 * returns. Each subscriber has its own queue, and loses the oldest messages if it is slow. In the
 * steady state nothing is allocated per message. Thread-safe.
 */
public final class Publisher<T extends Message> implements AutoCloseable {
  private final GraphName topicName;
  private final MessageType<T> type;
  private final int queueSize;
  private final boolean latch;
  private final NodeContext context;
  private final Runnable onClose;
  private final Object publishing = new Object();

  /** Replaced, never modified, so that it can be read without the lock. */
  private volatile SubscriberLink[] links = {};

  private BufferPool.@Nullable Lease latched;
  private long droppedBefore;
  private volatile boolean closed;

  Publisher(
      GraphName topicName,
      MessageType<T> type,
      int queueSize,
      boolean latch,
      NodeContext context,
      Runnable onClose) {
    if (queueSize < 1) {
      throw new IllegalArgumentException(
          "queue size of " + topicName + " is " + queueSize + "; expected 1 or more");
    }
    this.topicName = topicName;
    this.type = type;
    this.queueSize = queueSize;
    this.latch = latch;
    this.context = context;
    this.onClose = onClose;
  }

  public GraphName topicName() {
    return topicName;
  }

  public MessageType<T> type() {
    return type;
  }

  public boolean hasSubscribers() {
    return links.length > 0;
  }

  public int numberOfSubscribers() {
    return links.length;
  }

  /** Returns the number of messages dropped from the queues of slow subscribers. */
  public long dropped() {
    synchronized (publishing) {
      long sum = droppedBefore;
      for (SubscriberLink link : links) {
        sum += link.dropped();
      }
      return sum;
    }
  }

  List<SubscriberLink> links() {
    return List.of(links);
  }

  /**
   * Queues a message for all subscribers without waiting for any of them. Does nothing if there are
   * no subscribers, unless the topic is latched.
   *
   * @throws IllegalArgumentException if a value does not fit its field or the message exceeds 2 GiB
   */
  public void publish(T message) {
    if (links.length == 0 && !latch || closed) {
      return;
    }
    long size = message.serializedSize();
    if (size > Integer.MAX_VALUE - 4096) {
      throw new IllegalArgumentException(
          type.name() + " has " + size + " bytes; a TCPROS connection carries at most 2 GiB");
    }
    BufferPool.Lease lease = context.pool().take((int) size + 4);
    try {
      ByteBuffer out = lease.buffer();
      out.putInt((int) size);
      message.write(out);
      out.flip();
      synchronized (publishing) {
        for (SubscriberLink link : links) {
          link.offer(lease);
        }
        if (latch && !closed) {
          if (latched != null) {
            latched.release();
          }
          lease.retain();
          latched = lease;
        }
      }
    } finally {
      lease.release();
    }
  }

  /**
   * Replies to a subscriber's header and sends it messages until the connection ends. Runs in the
   * connection's thread.
   *
   * @throws RosException if the header lacks a field or has another md5sum
   */
  void serve(SocketChannel channel, ConnectionHeader header) throws IOException, RosException {
    String caller = header.getOr("callerid", "unknown");
    String md5sum = header.get("md5sum");
    if (md5sum == null || header.get("topic") == null) {
      throw new RosException(
          "Header from subscriber did not have the required elements: md5sum, topic");
    }
    if (!md5sum.equals("*") && !md5sum.equals(type.md5sum())) {
      throw new RosException(
          "Client ["
              + caller
              + "] wants topic "
              + topicName
              + " to have datatype/md5sum ["
              + header.getOr("type", "")
              + "/"
              + md5sum
              + "], but our version has ["
              + type.name()
              + "/"
              + type.md5sum()
              + "]. Dropping connection.");
    }
    new ConnectionHeader()
        .with("callerid", context.connection().callerId())
        .with("topic", topicName.value())
        .with("type", type.name())
        .with("md5sum", type.md5sum())
        .with("message_definition", type.definition())
        .with("latching", latch ? "1" : "0")
        .with("tcp_nodelay", "1")
        .write(channel);
    String shown = PrintableText.of(caller, 256);
    int id = context.connectionIds().incrementAndGet();
    SubscriberLink link = new SubscriberLink(id, shown, channel, queueSize);
    synchronized (publishing) {
      if (closed) {
        return;
      }
      if (latched != null) {
        link.offer(latched);
      }
      SubscriberLink[] more = Arrays.copyOf(links, links.length + 1);
      more[links.length] = link;
      links = more;
    }
    try {
      link.run();
    } finally {
      synchronized (publishing) {
        links = Arrays.stream(links).filter(l -> l != link).toArray(SubscriberLink[]::new);
        droppedBefore += link.dropped();
      }
    }
  }

  /** Unregisters the topic from the master and closes its connections. */
  @Override
  public void close() {
    synchronized (publishing) {
      if (closed) {
        return;
      }
      closed = true;
      if (latched != null) {
        latched.release();
        latched = null;
      }
    }
    onClose.run();
    for (SubscriberLink link : links) {
      link.close();
    }
  }
}
