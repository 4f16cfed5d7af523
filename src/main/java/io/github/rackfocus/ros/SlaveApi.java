package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.tcpros.PublisherLink;
import io.github.rackfocus.ros.tcpros.SubscriberLink;
import io.github.rackfocus.ros.xmlrpc.XmlRpcServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The XML-RPC methods that the master and other nodes call (wiki.ros.org/ROS/Slave_API). */
final class SlaveApi {
  private final Topics topics;
  private final Supplier<ParameterTree> parameters;
  private final URI master;
  private final Supplier<HostAndPort> tcpRos;
  private final Consumer<String> onShutdown;

  /** Host and port as advertised to other nodes. */
  record HostAndPort(String host, int port) {}

  SlaveApi(
      Topics topics,
      Supplier<ParameterTree> parameters,
      URI master,
      Supplier<HostAndPort> tcpRos,
      Consumer<String> onShutdown) {
    this.topics = topics;
    this.parameters = parameters;
    this.master = master;
    this.tcpRos = tcpRos;
    this.onShutdown = onShutdown;
  }

  Map<String, XmlRpcServer.Method> methods() {
    return Map.of(
        "getBusStats", call -> success("bus stats", busStats()),
        "getBusInfo", call -> success("bus info", busInfo()),
        "getMasterUri", call -> success("master URI", master.toString()),
        "getPid", call -> success("pid", (int) ProcessHandle.current().pid()),
        "getSubscriptions", call -> success("subscriptions", subscriptions()),
        "getPublications", call -> success("publications", publications()),
        "shutdown", this::shutdown,
        "paramUpdate", this::paramUpdate,
        "publisherUpdate", this::publisherUpdate,
        "requestTopic", this::requestTopic);
  }

  private static List<Object> success(String text, Object value) {
    return List.of(1, text, value);
  }

  private static List<Object> error(String text, Object value) {
    return List.of(-1, text, value);
  }

  private Object shutdown(List<Object> call) {
    onShutdown.accept(call.size() > 1 ? String.valueOf(call.get(1)) : "no reason given");
    return success("shutdown", 0);
  }

  private Object paramUpdate(List<Object> call) throws RosException {
    boolean known = parameters.get().update((String) call.get(1), call.get(2));
    return known ? success("updated", 0) : error("not subscribed", 0);
  }

  private Object publisherUpdate(List<Object> call) {
    Subscriber<?> subscriber = topics.subscriber(GraphName.of((String) call.get(1)));
    if (subscriber == null) {
      return error("not a subscriber of " + call.get(1), 0);
    }
    subscriber.updatePublishers((List<?>) call.get(2));
    return success("updated", 0);
  }

  private Object requestTopic(List<Object> call) {
    String topic = (String) call.get(1);
    if (topics.publisher(GraphName.of(topic)) == null) {
      return error("Not a publisher of [" + topic + "]", 0);
    }
    for (Object protocol : (List<?>) call.get(2)) {
      if (protocol instanceof List<?> named && !named.isEmpty() && "TCPROS".equals(named.get(0))) {
        HostAndPort address = tcpRos.get();
        return success(
            "ready on " + address.host + ":" + address.port,
            List.of("TCPROS", address.host, address.port));
      }
    }
    return List.of(0, "no supported protocol implementations", 0);
  }

  private List<Object> subscriptions() {
    List<Object> all = new ArrayList<>();
    topics.subscribers().forEach(s -> all.add(List.of(s.topicName().value(), s.type().name())));
    return all;
  }

  private List<Object> publications() {
    List<Object> all = new ArrayList<>();
    topics.publishers().forEach(p -> all.add(List.of(p.topicName().value(), p.type().name())));
    return all;
  }

  private List<Object> busInfo() {
    List<Object> all = new ArrayList<>();
    for (Publisher<?> publisher : topics.publishers()) {
      String topic = publisher.topicName().value();
      for (SubscriberLink link : publisher.links()) {
        String text =
            "TCPROS connection on port " + tcpRos.get().port + " to [" + link.remoteAddress() + "]";
        all.add(List.of(link.id(), link.callerId(), "o", "TCPROS", topic, true, text));
      }
    }
    for (Subscriber<?> subscriber : topics.subscribers()) {
      String topic = subscriber.topicName().value();
      for (PublisherLink<?> link : subscriber.links()) {
        String from = link.publisher().toString();
        String text = "TCPROS connection to [" + from + "]";
        all.add(List.of(link.id(), from, "i", "TCPROS", topic, link.connected(), text));
      }
    }
    return all;
  }

  private List<Object> busStats() {
    List<Object> published = new ArrayList<>();
    for (Publisher<?> publisher : topics.publishers()) {
      List<Object> connections = new ArrayList<>();
      long bytes = 0;
      for (SubscriberLink link : publisher.links()) {
        bytes += link.sentBytes();
        connections.add(
            List.of(link.id(), capped(link.sentBytes()), capped(link.sentMessages()), true));
      }
      published.add(List.of(publisher.topicName().value(), capped(bytes), connections));
    }
    List<Object> subscribed = new ArrayList<>();
    for (Subscriber<?> subscriber : topics.subscribers()) {
      List<Object> connections = new ArrayList<>();
      for (PublisherLink<?> link : subscriber.links()) {
        connections.add(List.of(link.id(), capped(link.receivedBytes()), -1, link.connected()));
      }
      subscribed.add(List.of(subscriber.topicName().value(), connections));
    }
    long requests = 0;
    long received = 0;
    long sent = 0;
    for (ServiceServer<?, ?> service : topics.services()) {
      requests += service.requests();
      received += service.receivedBytes();
      sent += service.sentBytes();
    }
    return List.of(
        published, subscribed, List.of(capped(requests), capped(received), capped(sent)));
  }

  /** Limits a count to 32 bits, the largest integer of XML-RPC. */
  private static int capped(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
