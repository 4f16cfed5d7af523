package io.github.rackfocus.ros.tcpros;

import static io.github.rackfocus.fuzz.Laws.check;
import static io.github.rackfocus.fuzz.Laws.checkEqual;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.ros.message.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** Connection headers of TCPROS. What is read can be written, and is read again as the same. */
public final class ConnectionHeaderHarness implements FuzzHarness {
  @Override
  public void run(byte[] input) throws Exception {
    ConnectionHeader header =
        Laws.bounded(
            input,
            32768,
            64,
            () ->
                Laws.readOrRefused(
                    () -> ConnectionHeader.decode(ByteBuffer.wrap(input)),
                    MalformedMessageException.class));
    if (header == null) {
      return;
    }
    ByteBuffer written = header.encode();
    check(written.getInt(0) == written.limit() - 4, "the length precedes the header");
    ConnectionHeader again = ConnectionHeader.decode(written.slice(4, written.limit() - 4));
    checkEqual(again.encode().array(), written.array(), "a header survives a round trip");
  }

  @Override
  public Map<String, byte[]> seeds() {
    ByteBuffer header =
        new ConnectionHeader()
            .with("callerid", "/depth")
            .with("topic", "/camera/image")
            .with("type", "sensor_msgs/Image")
            .with("md5sum", "060021388200f6f0f447d0fcd9c64743")
            .with("tcp_nodelay", "1")
            .encode();
    byte[] whole = Arrays.copyOfRange(header.array(), 4, header.limit());
    return Map.of(
        "subscriber",
        whole,
        "truncated",
        Arrays.copyOf(whole, whole.length - 3),
        "nameless",
        new byte[] {2, 0, 0, 0, '=', 'a'});
  }
}
