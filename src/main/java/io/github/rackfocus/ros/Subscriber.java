package io.github.rackfocus.ros;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the messages of a topic from all its publishers. Listeners get them one at a time,
 * whatever the number of publishers. Thread-safe.
 */
public final class Subscriber<T extends Message> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

  private final GraphName topicName;
  private final MessageType<T> type;
  private final PublisherLink.Context<T> context;
  private final AtomicInteger ids;
  private final Runnable onClose;
  private final List<MessageListener<T>> listeners = new CopyOnWriteArrayList<>();
  private final Map<URI, PublisherLink<T>> links = new LinkedHashMap<>();
  private final Object delivering = new Object();
  private final Throttle troubles = new Throttle(LOG);
  private boolean closed;

  Subscriber(
      GraphName topicName,
      MessageType<T> type,
      NodeConfiguration configuration,
      XmlRpcClient rpc,
      Deadlines deadlines,
      BufferPool pool,
      AtomicInteger ids,
      Runnable onClose) {
    this.topicName = topicName;
    this.type = type;
    this.ids = ids;
    this.onClose = onClose;
    this.context =
        new PublisherLink.Context<>(
            topicName, type, configuration, rpc, deadlines, pool, troubles, this::deliver);
  }

  public GraphName topicName() {
    return topicName;
  }

  public MessageType<T> type() {
    return type;
  }

  public void addMessageListener(MessageListener<T> listener) {
    listeners.add(listener);
  }

  /** Publishers whose messages reach us now. */
  public int numberOfPublishers() {
    return (int) links().stream().filter(PublisherLink::connected).count();
  }

  List<PublisherLink<T>> links() {
    synchronized (links) {
      return new ArrayList<>(links.values());
    }
  }

  private void deliver(T message) {
    synchronized (delivering) {
      for (MessageListener<T> listener : listeners) {
        try {
          listener.onNewMessage(message);
        } catch (RuntimeException e) {
          LOG.error("a listener of {} failed", topicName, e);
        }
      }
    }
  }

  /**
   * Takes over the master's list. With {@code whole} the others are dropped; without, as after a
   * master's restart when publishers are still to come back, a living connection stays.
   */
  void updatePublishers(List<URI> publishers, boolean whole) {
    Set<URI> listed = new HashSet<>(publishers);
    synchronized (links) {
      if (closed) {
        return;
      }
      links
          .values()
          .removeIf(link -> {
            boolean stays = listed.contains(link.publisher());
            link.setListed(stays);
            if (!stays && (whole || !link.connected())) {
              link.close();
            }
            return link.ended();
          });
      for (URI publisher : listed) {
        links.computeIfAbsent(
            publisher,
            uri -> {
              PublisherLink<T> link = new PublisherLink<>(ids.incrementAndGet(), uri, context);
              link.start();
              return link;
            });
      }
    }
  }

  /** Takes the subscription back from the master and ends its connections. */
  @Override
  public void close() {
    synchronized (links) {
      if (closed) {
        return;
      }
      closed = true;
      links.values().forEach(PublisherLink::close);
      links.clear();
    }
    onClose.run();
  }
}
