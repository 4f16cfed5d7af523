package io.github.rackfocus.ros.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens and what it calls its machine, by ROS's rules
 * (wiki.ros.org/ROS/NetworkSetup).
 */
public final class Hosts {
  /** As masters and nodes write addresses; java.net.URI knows no host with an underscore. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:http|rosrpc)://(\\[[0-9A-Fa-f:.%]+]|[\\w.-]+):(\\d{1,5})(?:/.*)?");

  private Hosts() {}

  /** Host, looked up, and port of a node's, a service's or the master's address; null if none. */
  public static @Nullable InetSocketAddress address(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int port = Integer.parseInt(matcher.group(2));
    return port > 0 && port < 65536 ? new InetSocketAddress(matcher.group(1), port) : null;
  }

  /** Whether the text is the address of a node or a master, without looking its host up. */
  public static boolean isHttp(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    return text.startsWith("http:")
        && matcher.matches()
        && Integer.parseInt(matcher.group(2)) > 0
        && Integer.parseInt(matcher.group(2)) < 65536;
  }

  /** A host as it stands in a URI: the numbers of IPv6 in brackets. */
  public static String inUri(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** The same with the number of a host whose name java.net.http does not take. */
  public static URI callable(URI uri) throws UnknownHostException {
    if (uri.getHost() != null) {
      return uri;
    }
    InetSocketAddress address = address(uri.toString());
    if (address == null || address.isUnresolved()) {
      throw new UnknownHostException("no address known of host in " + uri);
    }
    String host = inUri(address.getAddress().getHostAddress());
    return URI.create("http://" + host + ":" + address.getPort() + "/");
  }

  /**
   * The configured host; else the machine's name if it stands for an address that others can reach;
   * else the first such address; else loopback.
   */
  public static String advertised(@Nullable String configured) throws IOException {
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
  public static InetSocketAddress bind(@Nullable String configured) throws IOException {
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
