package io.github.rackfocus.ros;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageListener;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.tcpros.PublisherLink;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the messages of a topic from all its publishers. Listeners are called with one message
 * at a time, even if there are several publishers. Thread-safe.
 */
public final class Subscriber<T extends Message> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

  /** Limit against mistakes and attacks: each publisher takes a thread. */
  private static final int MAX_PUBLISHERS = 256;

  private final GraphName topicName;
  private final MessageType<T> type;
  private final PublisherLink.Context<T> linkContext;
  private final AtomicInteger ids;
  private final Runnable onClose;
  private final Map<URI, PublisherLink<T>> links = new LinkedHashMap<>();
  private final Object delivering = new Object();
  private final RateLimitedLogger failures;

  /** Replaced, never modified, so that it can be read without a lock. */
  private volatile List<MessageListener<T>> listeners = List.of();

  private boolean closed;

  Subscriber(GraphName topicName, MessageType<T> type, NodeContext context, Runnable onClose) {
    this.topicName = topicName;
    this.type = type;
    this.ids = context.connectionIds();
    this.onClose = onClose;
    this.failures = new RateLimitedLogger(LOG, context.counts().publishers);
    this.linkContext =
        new PublisherLink.Context<>(
            topicName,
            type,
            context.connection(),
            context.rpc(),
            context.deadlines(),
            context.pool(),
            failures,
            new RateLimitedLogger(LOG, context.counts().messages),
            this::deliver);
  }

  public GraphName topicName() {
    return topicName;
  }

  public MessageType<T> type() {
    return type;
  }

  public void addMessageListener(MessageListener<T> listener) {
    synchronized (delivering) {
      List<MessageListener<T>> extended = new ArrayList<>(listeners);
      extended.add(listener);
      listeners = List.copyOf(extended);
    }
  }

  /** Returns the number of publishers with a live connection. */
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
      List<MessageListener<T>> all = listeners;
      for (int i = 0; i < all.size(); i++) {
        try {
          all.get(i).onNewMessage(message);
        } catch (RuntimeException e) {
          LOG.error("a listener of {} failed", topicName, e);
        }
      }
    }
  }

  /** Applies the master's list of addresses: connections to all others are closed. */
  void updatePublishers(List<?> publishers) {
    update(publishers, null);
  }

  /** Returns the addresses of the current links, for {@link #registered}. */
  Set<URI> publishers() {
    synchronized (links) {
      return Set.copyOf(links.keySet());
    }
  }

  /**
   * Applies the master's reply to a registration. After a restart of the master, other publishers
   * may not have registered again yet, so live connections are kept.
   *
   * @param before addresses of the links when the registration was sent; links added since come
   *     from a newer update of the master and are kept as well
   */
  void registered(List<?> publishers, Set<URI> before) {
    update(publishers, before);
  }

  private void update(List<?> publishers, @Nullable Set<URI> before) {
    Set<URI> listed = addresses(publishers);
    if (listed.size() > MAX_PUBLISHERS) {
      failures.warn(
          "topic "
              + topicName
              + " has "
              + listed.size()
              + " publishers; connecting to "
              + MAX_PUBLISHERS
              + " of them");
      listed = listed.stream().limit(MAX_PUBLISHERS).collect(Collectors.toSet());
    }
    synchronized (links) {
      if (closed) {
        return;
      }
      for (PublisherLink<T> link : List.copyOf(links.values())) {
        boolean kept =
            listed.contains(link.publisher())
                || before != null && !before.contains(link.publisher());
        if (!kept && (before == null || !link.connected())) {
          link.close();
        }
        if (!link.setListed(kept)) {
          links.remove(link.publisher());
        }
      }
      for (URI publisher : listed) {
        links.computeIfAbsent(publisher, this::connectTo);
      }
    }
  }

  private Set<URI> addresses(List<?> texts) {
    Set<URI> addresses = new LinkedHashSet<>();
    for (Object text : texts) {
      try {
        if (text instanceof String address && Hosts.isHttp(address)) {
          addresses.add(URI.create(address));
          continue;
        }
      } catch (IllegalArgumentException e) {
        // Logged below.
      }
      failures.warn("topic " + topicName + ": invalid publisher address: " + text);
    }
    return addresses;
  }

  private PublisherLink<T> connectTo(URI publisher) {
    PublisherLink<T> link = new PublisherLink<>(ids.incrementAndGet(), publisher, linkContext);
    link.start();
    return link;
  }

  /** Unregisters the subscription from the master and closes its connections. */
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
