package io.github.rackfocus.ros;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.tcpros.MessageListener;
import io.github.rackfocus.ros.tcpros.PublisherLink;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
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
 * Receives the messages of a topic from all its publishers. Listeners get them one at a time,
 * whatever the number of publishers. Thread-safe.
 */
public final class Subscriber<T extends Message> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

  /** More publishers of one topic than this are a mistake or an attack: each takes a thread. */
  private static final int MOST_PUBLISHERS = 256;

  private final GraphName topicName;
  private final MessageType<T> type;
  private final PublisherLink.Context<T> context;
  private final AtomicInteger ids;
  private final Runnable onClose;
  private final Map<URI, PublisherLink<T>> links = new LinkedHashMap<>();
  private final Object delivering = new Object();
  private final RateLimitedLogger failures;

  /** Never changed in place: read without a lock. */
  private volatile List<MessageListener<T>> listeners = List.of();

  private boolean closed;

  Subscriber(
      GraphName topicName,
      MessageType<T> type,
      NodeConfiguration configuration,
      XmlRpcClient rpc,
      Deadlines deadlines,
      BufferPool pool,
      FaultCounts counts,
      AtomicInteger ids,
      Runnable onClose) {
    this.topicName = topicName;
    this.type = type;
    this.ids = ids;
    this.onClose = onClose;
    this.failures = new RateLimitedLogger(LOG, counts.publishers);
    this.context =
        new PublisherLink.Context<>(
            topicName,
            type,
            configuration,
            rpc,
            deadlines,
            pool,
            failures,
            new RateLimitedLogger(LOG, counts.messages),
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
      List<MessageListener<T>> more = new ArrayList<>(listeners);
      more.add(listener);
      listeners = List.copyOf(more);
    }
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

  /** Takes over the master's list of addresses: the others are dropped. */
  void updatePublishers(List<?> publishers) {
    update(publishers, null);
  }

  /** Addresses that are listened to now, for {@link #registered}. */
  Set<URI> publishers() {
    synchronized (links) {
      return Set.copyOf(links.keySet());
    }
  }

  /**
   * Takes over what the master answered to a registration. After its restart other publishers may
   * still have to come back, so living connections stay.
   *
   * @param before who was listened to when the master was asked; who came since then was told by a
   *     newer word of the master and stays as well
   */
  void registered(List<?> publishers, Set<URI> before) {
    update(publishers, before);
  }

  private void update(List<?> publishers, @Nullable Set<URI> before) {
    Set<URI> listed = addresses(publishers);
    if (listed.size() > MOST_PUBLISHERS) {
      failures.warn(
          "topic "
              + topicName
              + " has "
              + listed.size()
              + " publishers; only "
              + MOST_PUBLISHERS
              + " are listened to");
      listed = listed.stream().limit(MOST_PUBLISHERS).collect(Collectors.toSet());
    }
    synchronized (links) {
      if (closed) {
        return;
      }
      for (PublisherLink<T> link : List.copyOf(links.values())) {
        boolean stays =
            listed.contains(link.publisher())
                || before != null && !before.contains(link.publisher());
        if (!stays && (before == null || !link.connected())) {
          link.close();
        }
        if (!link.setListed(stays)) {
          links.remove(link.publisher());
        }
      }
      for (URI publisher : listed) {
        links.computeIfAbsent(publisher, this::listenTo);
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
        // said below
      }
      failures.warn("topic " + topicName + ": no address of a publisher: " + text);
    }
    return addresses;
  }

  private PublisherLink<T> listenTo(URI publisher) {
    PublisherLink<T> link = new PublisherLink<>(ids.incrementAndGet(), publisher, context);
    link.start();
    return link;
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
