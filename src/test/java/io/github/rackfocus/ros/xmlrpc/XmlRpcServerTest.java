package io.github.rackfocus.ros.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.RosException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class XmlRpcServerTest {
  private final Deadlines deadlines = new Deadlines();
  private final XmlRpcClient client = new XmlRpcClient(deadlines, Duration.ofSeconds(20));
  private XmlRpcServer server;
  private URI uri;

  @BeforeEach
  void start() throws Exception {
    server =
        new XmlRpcServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of(
                "echo", call -> List.of(1, "", call.get(0)),
                "fail",
                    call -> {
                      throw new RosException("it is broken");
                    }),
            new LongAdder());
    uri = URI.create("http://127.0.0.1:" + server.port());
  }

  @AfterEach
  void stop() {
    server.close();
    deadlines.close();
  }

  @Test
  void shouldAnswerCallsAndTurnFailuresIntoFaults() throws Exception {
    assertThat(client.call(uri, "echo", "a")).isEqualTo(List.of(1, "", "a"));
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> client.call(uri, "fail"))
        .withMessage("fault: it is broken");
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> client.call(uri, "echo"))
        .withMessageContaining("wrong number or types of parameters");
  }

  @Test
  void shouldRefuseWhatIsNoCallAndGoOn() throws Exception {
    assertThat(http("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 405");
    String bomb =
        "<!DOCTYPE a [<!ENTITY b \"c\">]><methodCall><methodName>&b;</methodName></methodCall>";
    assertThat(http("POST / HTTP/1.0\r\nContent-Length: " + bomb.length() + "\r\n\r\n" + bomb))
        .startsWith("HTTP/1.1 200")
        .contains("document types and entities are not supported");
    assertThat(client.call(uri, "echo", 5)).isEqualTo(List.of(1, "", 5));
  }

  @Test
  void shouldRefuseATextWithoutEnd() throws Exception {
    byte[] chunk = new byte[1 << 20];
    StringBuilder said = new StringBuilder();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("POST / HTTP/1.0\r\nContent-Length: 4000000000\r\n\r\n".getBytes(UTF_8));
      for (int i = 0; i <= 16; i++) {
        socket.getOutputStream().write(chunk);
      }
      byte[] answer = new byte[12];
      said.append(
          new String(
              answer, 0, Math.max(0, socket.getInputStream().readNBytes(answer, 0, 12)), UTF_8));
    }
    assertThat(said).hasToString("HTTP/1.1 413");
  }

  @Test
  void shouldTimeOutWithoutAResponse() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI nobody = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      XmlRpcClient hasty = new XmlRpcClient(deadlines, Duration.ofMillis(300));
      assertThatExceptionOfType(RosException.class)
          .isThrownBy(() -> hasty.call(nobody, "echo"))
          .withMessageContaining("echo at " + nobody + ": no response");
    }
  }

  private String http(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
