package io.github.rackfocus.ros;

import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.message.ServiceType;
import io.github.rackfocus.ros.names.GraphName;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Creates the publishers, subscribers and services of a node, keeps them registered with the
 * master, and unregisters each when it is closed. Thread-safe.
 */
final class Endpoints {
  private final NodeContext context;
  private final Topics topics;
  private final MasterWatch watch;
  private final String slaveUri;
  private final String serviceUri;

  /**
   * @param slaveUri address of the node's slave API
   * @param serviceUri address at which the node's services are called
   */
  Endpoints(
      NodeContext context, Topics topics, MasterWatch watch, String slaveUri, String serviceUri) {
    this.context = context;
    this.topics = topics;
    this.watch = watch;
    this.slaveUri = slaveUri;
    this.serviceUri = serviceUri;
  }

  /**
   * @throws IllegalStateException if the node already publishes the topic
   */
  <T extends Message> Publisher<T> newPublisher(
      GraphName name, MessageType<T> type, int queueSize, boolean latch) {
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> to.call("registerPublisher", name.value(), type.name(), slaveUri),
            from -> from.call("unregisterPublisher", name.value(), slaveUri));
    Publisher<T> publisher =
        new Publisher<>(
            name,
            type,
            queueSize,
            latch,
            context,
            () -> {
              topics.removePublisher(name);
              watch.remove(registration);
            });
    topics.add(publisher);
    watch.add(registration);
    return publisher;
  }

  /**
   * @throws IllegalStateException if the node is already subscribed to the topic
   */
  <T extends Message> Subscriber<T> newSubscriber(GraphName name, MessageType<T> type) {
    List<Subscriber<T>> self = new ArrayList<>(1);
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> {
              Set<URI> before = self.get(0).publishers();
              Object found = to.call("registerSubscriber", name.value(), type.name(), slaveUri);
              if (found instanceof List<?> publishers) {
                self.get(0).registered(publishers, before);
              }
            },
            from -> from.call("unregisterSubscriber", name.value(), slaveUri));
    Subscriber<T> subscriber =
        new Subscriber<>(
            name,
            type,
            context,
            () -> {
              topics.removeSubscriber(name);
              watch.remove(registration);
            });
    self.add(subscriber);
    topics.add(subscriber);
    watch.add(registration);
    return subscriber;
  }

  /**
   * @throws IllegalStateException if the node already provides the service
   */
  <Q extends Message, R extends Message> ServiceServer<Q, R> newServiceServer(
      GraphName name, ServiceType<Q, R> type, ServiceResponseBuilder<Q, R> builder) {
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> to.call("registerService", name.value(), serviceUri, slaveUri),
            from -> from.call("unregisterService", name.value(), serviceUri));
    ServiceServer<Q, R> server =
        new ServiceServer<>(
            name,
            type,
            builder,
            context,
            () -> {
              topics.removeService(name);
              watch.remove(registration);
            });
    topics.add(server);
    watch.add(registration);
    return server;
  }
}
