package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.InJvmMaster;
import io.github.rackfocus.ros.NodeConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A master in this JVM, and nodes that end with it. */
final class RosTestBench implements AutoCloseable {
  private final InJvmMaster master = new InJvmMaster();
  private final List<ConnectedNode> nodes = new CopyOnWriteArrayList<>();

  RosTestBench() throws Exception {}

  ConnectedNode connect(String name, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("__master:=" + master.uri());
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(all, Map.of("ROS_IP", "127.0.0.1"), name));
    nodes.add(node);
    return node;
  }

  @Override
  public void close() {
    nodes.forEach(ConnectedNode::close);
    master.close();
  }
}
