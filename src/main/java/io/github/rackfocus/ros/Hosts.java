package io.github.rackfocus.ros;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens and what it calls its machine, by ROS's rules
 * (wiki.ros.org/ROS/NetworkSetup).
 */
final class Hosts {
  private Hosts() {}

  /**
   * The configured host; else the machine's name if it stands for an address that others can reach;
   * else the first such address; else loopback.
   */
  static String advertised(@Nullable String configured) throws IOException {
    if (configured != null) {
      return configured;
    }
    try {
      InetAddress own = InetAddress.getLocalHost();
      if (!own.isLoopbackAddress() && !own.getHostName().equals("localhost")) {
        return own.getHostName();
      }
    } catch (UnknownHostException e) {
      // A machine whose name is unknown to itself still has addresses.
    }
    for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(card.getInetAddresses())) {
        if (card.isUp() && address instanceof Inet4Address && !address.isLoopbackAddress()) {
          return address.getHostAddress();
        }
      }
    }
    return "127.0.0.1";
  }

  /**
   * An address of this machine is listened at alone, and so is localhost; any other host, such as
   * one behind address translation, means all addresses.
   *
   * @throws IOException if the configured host has no address
   */
  static InetSocketAddress bind(@Nullable String configured) throws IOException {
    if (configured == null) {
      return new InetSocketAddress(0);
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(configured);
    } catch (UnknownHostException e) {
      throw new IOException(
          "ROS_HOSTNAME or ROS_IP is \"" + configured + "\", which has no address", e);
    }
    boolean named = !configured.matches("[\\d.]+|.*:.*");
    boolean local =
        address.isLoopbackAddress()
            ? !named || configured.equals("localhost")
            : !named && NetworkInterface.getByInetAddress(address) != null;
    return local ? new InetSocketAddress(address, 0) : new InetSocketAddress(0);
  }
}
