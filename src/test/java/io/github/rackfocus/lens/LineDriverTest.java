package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LineDriverTest {
  private static final LineProtocol PROTOCOL =
      new LineProtocol(
          "P{value}\r",
          "OK",
          "P?\r",
          "P=(?<value>[-+.\\d]+) T=(?<temperature>[-+.\\d]+)",
          ">",
          0.01,
          -5);

  /** A device that knows its power in hundredths of a dioptre above -5. */
  private static final class Device {
    private final List<String> heard = new ArrayList<>();
    private double value;
    private String before = "";
    private int mute;

    byte[] accept(byte[] bytes, int count) {
      String command = new String(bytes, 0, count, StandardCharsets.US_ASCII);
      heard.add(command);
      if (mute-- > 0) {
        return new byte[0];
      }
      String answer;
      if (command.equals("P?\r")) {
        answer = before + "P=" + value + " T=29.5\n\r>";
      } else {
        value = Double.parseDouble(command.substring(1).strip());
        answer = value > 2000 ? "Err 1\n\r>" : "OK\n\r>";
      }
      return answer.getBytes(StandardCharsets.US_ASCII);
    }
  }

  @Test
  void shouldSpeakTheConfiguredProtocol() throws Exception {
    Device device = new Device();
    try (LineDriver driver =
        new LineDriver("lens", PROTOCOL, () -> new EmulatedPort(device::accept), () -> 5)) {
      driver.connect();
      driver.set(3.25);
      assertThat(device.heard).endsWith("P825.0000\r");
      assertThat(driver.read().dioptres()).isCloseTo(3.25, within(1e-9));
      assertThat(driver.read().celsius()).isEqualTo(29.5f);
      device.before = "\u0007noise ";
      assertThat(driver.read().dioptres()).isCloseTo(3.25, within(1e-9));
      device.mute = 2;
      assertThat(driver.read().dioptres()).isCloseTo(3.25, within(1e-9));
      assertThatThrownBy(() -> driver.set(20))
          .hasMessage("lens answered 'Err 1\\n\\r>' to 'P2500.0000\\r'; expected OK");
      device.mute = 3;
      assertThatThrownBy(driver::read)
          .hasMessage(
              "lens: no valid answer about the command 'P?\\r' in 3 attempts; nothing came");
      device.value = Double.NaN;
      assertThatThrownBy(driver::read).hasMessageContaining("noise P=NaN");
    }
  }

  @Test
  void shouldTellWhatWasCommandedWhereThereIsNoFeedback() throws Exception {
    Device device = new Device();
    LineProtocol blind = new LineProtocol("P{value}\r", "", "", "", "\n", 1, 0);
    try (LineDriver driver =
        new LineDriver("lens", blind, () -> new EmulatedPort(device::accept), () -> 5)) {
      driver.connect();
      assertThat(driver.read().dioptres()).isNaN();
      driver.set(2);
      assertThat(driver.read().dioptres()).isEqualTo(2);
      assertThat(device.heard).containsExactly("P2.0000\r");
    }
  }

  @Test
  void shouldSpeakByUdp() throws Exception {
    Device device = new Device();
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread server =
          new Thread(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            try {
              while (true) {
                packet.setLength(512);
                socket.receive(packet);
                byte[] answer = device.accept(packet.getData(), packet.getLength());
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
              }
            } catch (java.io.IOException e) {
              // The socket was closed.
            }
          });
      server.setDaemon(true);
      server.start();
      LensDeviceConfig config =
          LensDeviceConfig.DEFAULTS
              .withKind(LensDeviceConfig.Kind.LINE)
              .withLine(PROTOCOL)
              .withPort("udp://127.0.0.1:" + socket.getLocalPort());
      try (LensDriver driver = LensDrivers.create(config, () -> 5)) {
        driver.connect();
        driver.set(-1);
        assertThat(driver.read().dioptres()).isCloseTo(-1, within(1e-9));
        socket.close();
        assertThatThrownBy(driver::read).isInstanceOf(LensException.class);
      }
      assertThatThrownBy(() -> LensDrivers.create(config.withPort("udp://host"), () -> 5))
          .hasMessageContaining("expected udp://HOST:PORT");
    }
  }

  @Test
  void shouldRefuseProtocolsThatAreNone() {
    assertThatThrownBy(() -> new LineProtocol("P", "", "", "", "\n", 1, 0))
        .hasMessage("set is 'P'; expected a command with {value}");
    assertThatThrownBy(() -> new LineProtocol("P{value}", "", "?", "x", "\n", 1, 0))
        .hasMessageContaining("expected the group (?<value>...)");
    assertThatThrownBy(() -> new LineProtocol("P{value}", "(", "", "", "\n", 1, 0))
        .hasMessageContaining("setReply is no regular expression");
    assertThatThrownBy(() -> new LineProtocol("P{value}", "", "", "", "\n", 0, 0))
        .hasMessageContaining("scale not 0");
  }
}
