package io.github.rackfocus.ros.xmlrpc;

import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.RosException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.MissingResourceException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads untrusted XML-RPC documents: without document types and entities, and with bounded depth
 * and number of values. Values are Integer, Boolean, String, Double, byte[], List and Map; a
 * dateTime is returned as a String.
 */
final class XmlRpcReader {
  static final int MAX_DEPTH = 64;
  static final int MAX_VALUES = 1_000_000;

  /**
   * Limits of the JDK's parser, which JDK 24 made so strict that a robot_description is refused
   * (JEP 185 and its properties; 0 is none). This reader bounds depth, values and, with its caller,
   * size itself.
   */
  private static final List<String> PARSER_LIMITS =
      List.of(
          "jdk.xml.maxElementDepth",
          "jdk.xml.maxGeneralEntitySizeLimit",
          "jdk.xml.totalEntitySizeLimit");

  /** An incoming call. */
  record Call(String method, List<Object> parameters) {}

  private final XMLStreamReader xml;
  private int values;

  private XmlRpcReader(byte[] text) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    for (String limit : PARSER_LIMITS) {
      factory.setProperty(limit, "0");
    }
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("external entities are not supported");
    });
    xml = factory.createXMLStreamReader(new StringReader(decode(text)));
  }

  /** Decodes strictly: the parser itself would print decoding errors to standard error. */
  private static String decode(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("malformed XML-RPC: not UTF-8");
    }
  }

  /**
   * Reads a call.
   *
   * @throws MalformedMessageException if the document is not a call
   */
  static Call readCall(byte[] text) {
    try {
      XmlRpcReader reader = new XmlRpcReader(text);
      reader.start("methodCall");
      reader.start("methodName");
      String method = reader.text().strip();
      List<Object> parameters = List.of();
      if (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
        reader.expect("params");
        parameters = reader.parameters();
        reader.end();
      }
      return new Call(method, parameters);
    } catch (XMLStreamException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads the value of a response.
   *
   * @throws RosException if the response is a fault, with its text
   * @throws MalformedMessageException if the document is not a response
   */
  static Object readResponse(byte[] text) throws RosException {
    try {
      XmlRpcReader reader = new XmlRpcReader(text);
      reader.start("methodResponse");
      reader.nextTag();
      if (reader.xml.getLocalName().equals("fault")) {
        reader.start("value");
        Object fault = reader.value(0);
        Object message = fault instanceof Map<?, ?> map ? map.get("faultString") : fault;
        throw new RosException("fault: " + message);
      }
      reader.expect("params");
      List<Object> parameters = reader.parameters();
      if (parameters.size() != 1) {
        throw new MalformedMessageException(
            "malformed XML-RPC: response has " + parameters.size() + " values; expected one");
      }
      return parameters.get(0);
    } catch (XMLStreamException e) {
      throw malformed(e);
    }
  }

  private static MalformedMessageException malformed(XMLStreamException e) {
    return new MalformedMessageException(
        "malformed XML-RPC: " + PrintableText.of(String.valueOf(e.getMessage()), 200));
  }

  private List<Object> parameters() throws XMLStreamException {
    List<Object> found = new ArrayList<>();
    while (nextTag() == XMLStreamConstants.START_ELEMENT) {
      expect("param");
      start("value");
      found.add(value(0));
      end();
    }
    return found;
  }

  /** Reads from the start tag {@code value} to its end tag. */
  private Object value(int depth) throws XMLStreamException {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new MalformedMessageException(
          "malformed XML-RPC: more than "
              + (depth > MAX_DEPTH ? MAX_DEPTH + " levels" : MAX_VALUES + " values"));
    }
    StringBuilder bare = new StringBuilder();
    while (true) {
      int event = next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        return bare.toString();
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        Object typed = typed(xml.getLocalName(), depth);
        end();
        return typed;
      }
      bare.append(xml.getText());
    }
  }

  private Object typed(String type, int depth) throws XMLStreamException {
    try {
      return switch (type) {
        case "i4", "int" -> Integer.parseInt(text().strip());
        case "boolean" -> truth(text().strip());
        case "string", "dateTime.iso8601" -> text();
        case "double" -> Double.parseDouble(text().strip());
        case "base64" -> Base64.getDecoder().decode(text().replaceAll("\\s", ""));
        case "array" -> array(depth);
        case "struct" -> struct(depth);
        default ->
            throw new MalformedMessageException("malformed XML-RPC: unknown type <" + type + ">");
      };
    } catch (NumberFormatException e) {
      throw new MalformedMessageException(
          "malformed XML-RPC: invalid <" + type + ">: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("malformed XML-RPC: invalid base64");
    }
  }

  private static boolean truth(String text) {
    if (!text.equals("0") && !text.equals("1")) {
      throw new MalformedMessageException("malformed XML-RPC: boolean is neither 0 nor 1");
    }
    return text.equals("1");
  }

  private List<Object> array(int depth) throws XMLStreamException {
    start("data");
    List<Object> elements = new ArrayList<>();
    while (nextTag() == XMLStreamConstants.START_ELEMENT) {
      expect("value");
      elements.add(value(depth + 1));
    }
    end();
    return elements;
  }

  private Map<String, Object> struct(int depth) throws XMLStreamException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (nextTag() == XMLStreamConstants.START_ELEMENT) {
      expect("member");
      start("name");
      String name = text();
      start("value");
      members.put(name, value(depth + 1));
      end();
    }
    return members;
  }

  /** Reads text up to the end tag. */
  private String text() throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    while (true) {
      int event = next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        return text.toString();
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        throw new MalformedMessageException(
            "malformed XML-RPC: found <" + xml.getLocalName() + ">; expected text");
      }
      text.append(xml.getText());
    }
  }

  private void start(String name) throws XMLStreamException {
    if (nextTag() != XMLStreamConstants.START_ELEMENT) {
      throw new MalformedMessageException("malformed XML-RPC: <" + name + "> is missing");
    }
    expect(name);
  }

  private void expect(String name) {
    if (!xml.isStartElement() || !xml.getLocalName().equals(name)) {
      throw new MalformedMessageException(
          "malformed XML-RPC: found <"
              + (xml.hasName() ? xml.getLocalName() : "")
              + ">; expected <"
              + name
              + ">");
    }
  }

  private void end() throws XMLStreamException {
    if (nextTag() != XMLStreamConstants.END_ELEMENT) {
      throw new MalformedMessageException(
          "malformed XML-RPC: unexpected <" + xml.getLocalName() + ">");
    }
  }

  private int nextTag() throws XMLStreamException {
    while (true) {
      int event = next();
      if (event == XMLStreamConstants.START_ELEMENT || event == XMLStreamConstants.END_ELEMENT) {
        return event;
      }
      if (!xml.isWhiteSpace()) {
        throw new MalformedMessageException("malformed XML-RPC: unexpected text between elements");
      }
    }
  }

  /** Advances to the next start tag, end tag or text; skips comments and instructions. */
  private int next() throws XMLStreamException {
    while (xml.hasNext()) {
      int event = advance();
      switch (event) {
        case XMLStreamConstants.START_ELEMENT,
            XMLStreamConstants.END_ELEMENT,
            XMLStreamConstants.CHARACTERS,
            XMLStreamConstants.CDATA,
            XMLStreamConstants.SPACE -> {
          return event;
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new MalformedMessageException(
                "malformed XML-RPC: document types and entities are not supported");
        default -> {}
      }
    }
    throw new MalformedMessageException("malformed XML-RPC: unexpected end of document");
  }

  private int advance() throws XMLStreamException {
    try {
      return xml.next();
    } catch (MissingResourceException e) {
      // The JDK lacks the text for some of its own errors.
      throw new XMLStreamException("not XML (" + e.getKey() + ")", e);
    }
  }
}
