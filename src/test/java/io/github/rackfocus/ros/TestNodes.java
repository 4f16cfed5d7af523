package io.github.rackfocus.ros;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nodes on loopback that are closed together. */
final class TestNodes implements AutoCloseable {
  private final URI master;
  private final List<ConnectedNode> nodes = new CopyOnWriteArrayList<>();

  TestNodes(URI master) {
    this.master = master;
  }

  ConnectedNode connect(String name, String... arguments) throws Exception {
    return connect(configuration(name, arguments));
  }

  ConnectedNode connect(NodeConfiguration configuration) throws Exception {
    ConnectedNode node = ConnectedNode.connect(configuration);
    nodes.add(node);
    return node;
  }

  NodeConfiguration configuration(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("__master:=" + master);
    return NodeConfiguration.fromCommandLine(all, Map.of("ROS_IP", "127.0.0.1"), name)
        .withHandshakeTimeout(Duration.ofSeconds(2));
  }

  @Override
  public void close() {
    nodes.forEach(ConnectedNode::close);
  }
}
