package io.github.rackfocus.ros.xmlrpc;

import static io.github.rackfocus.fuzz.Laws.check;
import static io.github.rackfocus.fuzz.Laws.checkEqual;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.RosException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls and responses of XML-RPC. A value that is read can be written, and is read again as the
 * same. HTTP itself is the JDK's.
 */
public final class XmlRpcHarness implements FuzzHarness {
  /** A parser of the JDK with its tables and buffers. */
  private static final long PARSER_BYTES = 512 << 10;

  @Override
  public void run(byte[] input) throws Exception {
    XmlRpcReader.Call call =
        Laws.bounded(
            input,
            PARSER_BYTES,
            512,
            () ->
                Laws.readOrRefused(
                    () -> XmlRpcReader.readCall(input), MalformedMessageException.class));
    if (call != null) {
      for (Object parameter : call.parameters()) {
        survives(parameter);
      }
      return;
    }
    Object value =
        Laws.bounded(
            input,
            PARSER_BYTES,
            512,
            () ->
                Laws.readOrRefused(
                    () -> XmlRpcReader.readResponse(input),
                    MalformedMessageException.class,
                    RosException.class));
    if (value != null) {
      survives(value);
    }
  }

  private static void survives(Object value) throws Exception {
    byte[] written;
    try {
      written = XmlRpcWriter.response(value);
    } catch (IllegalArgumentException e) {
      check(e.getMessage().startsWith("XML cannot represent"), "what cannot be written is said");
      return;
    }
    Object again = XmlRpcReader.readResponse(written);
    checkEqual(XmlRpcWriter.response(again), written, "a value survives a round trip");
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("rate", 30);
    tree.put("gain", 0.5);
    tree.put("name", "wrist & co");
    tree.put("on", true);
    tree.put("raw", new byte[] {1, 2, 3});
    tree.put("list", List.of(1, List.of("a", 2.0)));
    byte[] call = XmlRpcWriter.call("publisherUpdate", List.of("/master", "/image", tree));
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("call", call);
    seeds.put("response", XmlRpcWriter.response(List.of(1, "ok", tree)));
    seeds.put("fault", XmlRpcWriter.fault("no such method"));
    seeds.put("truncated", Arrays.copyOf(call, call.length / 2));
    String doctype = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><methodCall>&b;";
    seeds.put("entity", doctype.getBytes(StandardCharsets.UTF_8));
    return seeds;
  }
}
