package io.github.rackfocus.ros.tcpros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.rackfocus.ros.message.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConnectionHeaderTest {
  @Test
  void shouldReadBackItsFields() {
    ConnectionHeader header =
        new ConnectionHeader().with("topic", "/a").with("message_definition", "uint8 A=1\n");
    ByteBuffer bytes = header.encode();
    assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
    ConnectionHeader back = ConnectionHeader.decode(bytes);
    assertThat(back.get("topic")).isEqualTo("/a");
    assertThat(back.get("message_definition")).isEqualTo("uint8 A=1\n");
    assertThat(back.get("type")).isNull();
  }

  @Test
  void shouldRefuseFieldsThatDoNotFillIt() {
    assertRefused(field(-1, "a=b"), "4294967295 bytes");
    assertRefused(field(9, "a=b"), "9 bytes; expected at most 3");
    assertRefused(field(3, "a=bxx"), "bytes; expected at most 2");
    assertRefused(field(3, "abc"), "without a name");
    assertRefused(field(2, "=b"), "without a name");
  }

  @Property(seed = "20261120", tries = 500)
  void shouldReadOrRefuseAnyBytes(@ForAll @Size(max = 64) byte[] bytes) {
    try {
      ConnectionHeader.decode(ByteBuffer.wrap(bytes));
    } catch (MalformedMessageException e) {
      assertThat(e).hasMessageStartingWith("malformed connection header");
    }
  }

  private static ByteBuffer field(int length, String text) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putInt(length).put(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).flip();
  }

  private static void assertRefused(ByteBuffer bytes, String said) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> ConnectionHeader.decode(bytes))
        .withMessageContaining(said);
  }
}
