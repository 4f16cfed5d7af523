package io.github.rackfocus.kafka.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;

/**
 * Converts messages to the canonical JSON form of Protobuf 3: names in lower camel case, 64-bit
 * integers, NaN and infinities as strings, bytes in Base64. Fields with default values are
 * included, absent messages and optional fields are not. Thread-safe.
 *
 * <p>Not {@code JsonFormat} of protobuf-java-util, which would add Gson beside Jackson, orders
 * fields by number instead of declaration, and escapes HTML characters.
 */
public final class ProtoJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ProtoJson() {}

  /** Returns a message as a single line of JSON. */
  public static String of(Message message) {
    return node(message).toString();
  }

  private static ObjectNode node(Message message) {
    ObjectNode node = NODES.objectNode();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      String name = field.getJsonName();
      if (field.isMapField()) {
        node.set(name, map(field, (List<?>) message.getField(field)));
      } else if (field.isRepeated()) {
        ArrayNode array = node.putArray(name);
        ((List<?>) message.getField(field)).forEach(each -> add(array, field, each));
      } else if (!field.hasPresence() || message.hasField(field)) {
        set(node, name, field, message.getField(field));
      }
    }
    return node;
  }

  private static ObjectNode map(FieldDescriptor field, List<?> entries) {
    FieldDescriptor key = field.getMessageType().findFieldByName("key");
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    ObjectNode node = NODES.objectNode();
    for (Object entry : entries) {
      Message pair = (Message) entry;
      set(node, String.valueOf(pair.getField(key)), value, pair.getField(value));
    }
    return node;
  }

  private static void set(ObjectNode node, String name, FieldDescriptor field, Object value) {
    if (value instanceof Message message) {
      node.set(name, node(message));
    } else {
      node.set(name, value(field, value));
    }
  }

  private static void add(ArrayNode array, FieldDescriptor field, Object value) {
    if (value instanceof Message message) {
      array.add(node(message));
    } else {
      array.add(value(field, value));
    }
  }

  private static ValueNode value(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case INT ->
          NODES.numberNode(
              isUnsigned(field) ? Integer.toUnsignedLong((Integer) value) : (Integer) value);
      case LONG ->
          TextNode.valueOf(
              isUnsigned(field) ? Long.toUnsignedString((Long) value) : value.toString());
      case FLOAT -> {
        float number = (Float) value;
        yield Float.isFinite(number) ? NODES.numberNode(number) : text(number);
      }
      case DOUBLE -> {
        double number = (Double) value;
        yield Double.isFinite(number) ? NODES.numberNode(number) : text(number);
      }
      case BOOLEAN -> NODES.booleanNode((Boolean) value);
      case STRING -> TextNode.valueOf((String) value);
      case BYTE_STRING ->
          TextNode.valueOf(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
      case ENUM -> TextNode.valueOf(((EnumValueDescriptor) value).getName());
      case MESSAGE -> throw new IllegalArgumentException("a message is not a scalar value");
    };
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  private static TextNode text(double number) {
    return TextNode.valueOf(Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
  }
}
