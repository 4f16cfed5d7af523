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
 * The addresses at which a node listens and which it advertises, by the rules of
 * wiki.ros.org/ROS/NetworkSetup.
 */
public final class Hosts {
  /** Addresses as masters and nodes write them; java.net.URI rejects hosts with an underscore. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:http|rosrpc)://(\\[[0-9A-Fa-f:.%]+]|[\\w.-]+):(\\d{1,5})(?:/.*)?");

  private Hosts() {}

  /** Parses the address of a node, service or master and resolves its host; null if invalid. */
  public static @Nullable InetSocketAddress address(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int port = Integer.parseInt(matcher.group(2));
    return port > 0 && port < 65536 ? new InetSocketAddress(matcher.group(1), port) : null;
  }

  /** Returns whether a text is the address of a node or master, without resolving its host. */
  public static boolean isHttp(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    return text.startsWith("http:")
        && matcher.matches()
        && Integer.parseInt(matcher.group(2)) > 0
        && Integer.parseInt(matcher.group(2)) < 65536;
  }

  /** Returns a host as written in a URI, with an IPv6 address in brackets. */
  public static String inUri(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** Replaces a host name that java.net.http rejects by its IP address. */
  public static URI callable(URI uri) throws UnknownHostException {
    if (uri.getHost() != null) {
      return uri;
    }
    InetSocketAddress address = address(uri.toString());
    if (address == null || address.isUnresolved()) {
      throw new UnknownHostException("cannot resolve the host in " + uri);
    }
    String host = inUri(address.getAddress().getHostAddress());
    return URI.create("http://" + host + ":" + address.getPort() + "/");
  }

  /**
   * Returns the host to advertise: the configured one; else the machine's name if it resolves to a
   * non-loopback address; else the first such IPv4 address; else loopback.
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
      // A machine that cannot resolve its own name still has addresses.
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
   * Returns the address to listen at: that of the configured host if it is localhost or an IP
   * address of this machine; else, such as behind address translation, all addresses. The port is
   * 0.
   *
   * @throws IOException if the configured host cannot be resolved
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
          "ROS_HOSTNAME or ROS_IP is \"" + configured + "\"; cannot resolve it", e);
    }
    boolean named = !configured.matches("[\\d.]+|.*:.*");
    boolean local =
        address.isLoopbackAddress()
            ? !named || configured.equals("localhost")
            : !named && NetworkInterface.getByInetAddress(address) != null;
    return local ? new InetSocketAddress(address, 0) : new InetSocketAddress(0);
  }
}
