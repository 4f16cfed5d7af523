package io.github.rackfocus.ros.xmlrpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes XML-RPC in UTF-8; values are Integer, Boolean, String, Double, byte[], List and Map. */
final class XmlRpcWriter {
  private static final String HEAD = "<?xml version=\"1.0\"?>\n";

  private final StringBuilder out = new StringBuilder(HEAD);

  private XmlRpcWriter() {}

  /**
   * Writes a call.
   *
   * @throws IllegalArgumentException if a parameter cannot be represented
   */
  static byte[] call(String method, List<?> parameters) {
    XmlRpcWriter writer = new XmlRpcWriter();
    writer.out.append("<methodCall><methodName>").append(method).append("</methodName><params>");
    for (Object parameter : parameters) {
      writer.out.append("<param>");
      writer.value(parameter);
      writer.out.append("</param>");
    }
    return writer.end("</params></methodCall>");
  }

  static byte[] response(Object value) {
    XmlRpcWriter writer = new XmlRpcWriter();
    writer.out.append("<methodResponse><params><param>");
    writer.value(value);
    return writer.end("</param></params></methodResponse>");
  }

  static byte[] fault(String text) {
    XmlRpcWriter writer = new XmlRpcWriter();
    writer.out.append("<methodResponse><fault>");
    writer.value(Map.of("faultCode", 1, "faultString", text));
    return writer.end("</fault></methodResponse>");
  }

  private byte[] end(String tail) {
    return out.append(tail).toString().getBytes(StandardCharsets.UTF_8);
  }

  private void value(Object value) {
    out.append("<value>");
    if (value instanceof Integer number) {
      out.append("<i4>").append(number.intValue()).append("</i4>");
    } else if (value instanceof Boolean truth) {
      out.append("<boolean>").append(truth ? 1 : 0).append("</boolean>");
    } else if (value instanceof Double number) {
      out.append("<double>").append(number.doubleValue()).append("</double>");
    } else if (value instanceof String text) {
      out.append("<string>");
      escape(text);
      out.append("</string>");
    } else if (value instanceof byte[] bytes) {
      out.append("<base64>").append(Base64.getEncoder().encodeToString(bytes)).append("</base64>");
    } else if (value instanceof List<?> list) {
      out.append("<array><data>");
      list.forEach(this::value);
      out.append("</data></array>");
    } else if (value instanceof Map<?, ?> map) {
      out.append("<struct>");
      map.forEach(this::member);
      out.append("</struct>");
    } else {
      throw new IllegalArgumentException(
          "XML-RPC cannot represent a " + value.getClass().getName());
    }
    out.append("</value>");
  }

  private void member(Object name, Object value) {
    out.append("<member><name>");
    escape(String.valueOf(name));
    out.append("</name>");
    value(value);
    out.append("</member>");
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\r' -> out.append("&#13;");
        default -> {
          boolean lone =
              Character.isSurrogate(c)
                  && !(Character.isHighSurrogate(c)
                      ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                      : i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
          if (lone || c >= 0xFFFE || c < ' ' && c != '\t' && c != '\n') {
            throw new IllegalArgumentException(
                String.format(Locale.ROOT, "XML cannot represent the character U+%04X", (int) c));
          }
          out.append(c);
        }
      }
    }
  }
}
