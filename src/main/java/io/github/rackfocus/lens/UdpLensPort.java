package io.github.rackfocus.lens;

import io.github.rackfocus.common.ErrorMessages;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;

/** Datagrams to and from one address, such as a controller in the local network. */
final class UdpLensPort implements LensPort {
  private static final int MAX_DATAGRAM = 65_535;

  private final String address;
  private final DatagramSocket socket;
  private final byte[] datagram = new byte[MAX_DATAGRAM];
  private int start;
  private int end;

  private UdpLensPort(String address, DatagramSocket socket) {
    this.address = address;
    this.socket = socket;
  }

  /**
   * Opens a socket for an address.
   *
   * @param localPort own port, 0: any
   * @throws LensException if the host is unknown or the port is taken
   */
  static UdpLensPort open(String host, int port, int localPort) throws LensException {
    String address = host + ":" + port;
    DatagramSocket socket = null;
    try {
      socket = new DatagramSocket(localPort);
      // Connected, it hears only from that address.
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port));
      return new UdpLensPort(address, socket);
    } catch (IOException e) {
      if (socket != null) {
        socket.close();
      }
      throw new LensException(address + " cannot be reached: " + ErrorMessages.of(e), e);
    }
  }

  @Override
  public void write(byte[] bytes) throws LensException {
    try {
      socket.send(new DatagramPacket(bytes, bytes.length));
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length, int waitMillis) throws LensException {
    if (start == end) {
      try {
        socket.setSoTimeout(Math.max(1, waitMillis));
        DatagramPacket packet = new DatagramPacket(datagram, datagram.length);
        socket.receive(packet);
        start = 0;
        end = packet.getLength();
      } catch (SocketTimeoutException e) {
        return 0;
      } catch (IOException e) {
        throw gone(e);
      }
    }
    int count = Math.min(length, end - start);
    System.arraycopy(datagram, start, buffer, offset, count);
    start += count;
    return count;
  }

  private LensException gone(IOException e) {
    return new LensException(address + " does not answer: " + ErrorMessages.of(e), e);
  }

  @Override
  public void close() {
    socket.close();
  }
}
