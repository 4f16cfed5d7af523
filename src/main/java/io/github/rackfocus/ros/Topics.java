package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The publishers, subscribers and services of a node, by global name. Thread-safe. */
final class Topics {
  private final Map<GraphName, Publisher<?>> publishers = new ConcurrentHashMap<>();
  private final Map<GraphName, Subscriber<?>> subscribers = new ConcurrentHashMap<>();
  private final Map<GraphName, ServiceServer<?, ?>> services = new ConcurrentHashMap<>();

  void add(Publisher<?> publisher) {
    requireUnique(
        publishers.putIfAbsent(publisher.topicName(), publisher),
        "publishes",
        publisher.topicName());
  }

  void add(Subscriber<?> subscriber) {
    requireUnique(
        subscribers.putIfAbsent(subscriber.topicName(), subscriber),
        "subscribes to",
        subscriber.topicName());
  }

  void add(ServiceServer<?, ?> service) {
    requireUnique(services.putIfAbsent(service.name(), service), "provides", service.name());
  }

  private static void requireUnique(@Nullable Object existing, String action, GraphName name) {
    if (existing != null) {
      throw new IllegalStateException("this node already " + action + " " + name);
    }
  }

  void removePublisher(GraphName name) {
    publishers.remove(name);
  }

  void removeSubscriber(GraphName name) {
    subscribers.remove(name);
  }

  void removeService(GraphName name) {
    services.remove(name);
  }

  @Nullable Publisher<?> publisher(GraphName name) {
    return publishers.get(name);
  }

  @Nullable Subscriber<?> subscriber(GraphName name) {
    return subscribers.get(name);
  }

  Collection<Publisher<?>> publishers() {
    return publishers.values();
  }

  Collection<Subscriber<?>> subscribers() {
    return subscribers.values();
  }

  Collection<ServiceServer<?, ?>> services() {
    return services.values();
  }

  /**
   * Passes a connection to the publisher or service that its header names.
   *
   * @throws RosException if there is none of that name or the header is invalid
   */
  void serve(SocketChannel channel, ConnectionHeader header) throws IOException, RosException {
    String topic = header.get("topic");
    String service = header.get("service");
    if (topic != null) {
      Publisher<?> publisher = publishers.get(name(topic));
      if (publisher == null) {
        throw new RosException(
            "received a connection for a nonexistent topic ["
                + topic
                + "] from ["
                + header.getOr("callerid", "unknown")
                + "].");
      }
      publisher.serve(channel, header);
    } else if (service != null) {
      ServiceServer<?, ?> server = services.get(name(service));
      if (server == null) {
        throw new RosException(
            "received a tcpros connection for a nonexistent service [" + service + "].");
      }
      server.serve(channel, header);
    } else {
      throw new RosException(
          "bogus tcpros header. did not have the required elements: topic or service");
    }
  }

  private static GraphName name(String found) throws RosException {
    try {
      return GraphName.of(found);
    } catch (IllegalArgumentException e) {
      throw new RosException("bogus tcpros header: " + e.getMessage());
    }
  }
}
