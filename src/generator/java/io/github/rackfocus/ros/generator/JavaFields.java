package io.github.rackfocus.ros.generator;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Generates the Java code of fields and constants. */
final class JavaFields {
  static final String TARGET = "io.github.rackfocus.ros.msg";

  /** The Java type, wire size, and read and write code of a built-in type; %s is the value. */
  record Builtin(String java, int size, String read, String write) {}

  static final Map<String, Builtin> BUILTINS = new HashMap<>();

  static {
    BUILTINS.put(
        "bool", new Builtin("boolean", 1, "in.get() != 0", "out.put((byte) (%s ? 1 : 0))"));
    BUILTINS.put("int8", new Builtin("byte", 1, "in.get()", "out.put(%s)"));
    BUILTINS.put("byte", BUILTINS.get("int8"));
    BUILTINS.put(
        "uint8", new Builtin("int", 1, "Byte.toUnsignedInt(in.get())", "Wire.writeUint8(out, %s)"));
    BUILTINS.put("char", BUILTINS.get("uint8"));
    BUILTINS.put("int16", new Builtin("short", 2, "in.getShort()", "out.putShort(%s)"));
    BUILTINS.put(
        "uint16",
        new Builtin("int", 2, "Short.toUnsignedInt(in.getShort())", "Wire.writeUint16(out, %s)"));
    BUILTINS.put("int32", new Builtin("int", 4, "in.getInt()", "out.putInt(%s)"));
    BUILTINS.put(
        "uint32",
        new Builtin("long", 4, "Integer.toUnsignedLong(in.getInt())", "Wire.writeUint32(out, %s)"));
    BUILTINS.put("int64", new Builtin("long", 8, "in.getLong()", "out.putLong(%s)"));
    BUILTINS.put("uint64", BUILTINS.get("int64"));
    BUILTINS.put("float32", new Builtin("float", 4, "in.getFloat()", "out.putFloat(%s)"));
    BUILTINS.put("float64", new Builtin("double", 8, "in.getDouble()", "out.putDouble(%s)"));
    BUILTINS.put("time", new Builtin("long", 8, "Wire.readTime(in)", "Wire.writeTime(out, %s)"));
    BUILTINS.put(
        "duration", new Builtin("long", 8, "Wire.readDuration(in)", "Wire.writeDuration(out, %s)"));
  }

  record Constant(String type, String name, String value) {}

  /**
   * A field; {@code length} is −2 for a single value, −1 for a list, else the fixed array length.
   */
  record Field(String type, int length, String name) {
    boolean array() {
      return length != -2;
    }

    String wireType() {
      return !array() ? type : length < 0 ? type + "[]" : type + "[" + length + "]";
    }

    String java() {
      StringBuilder camel = new StringBuilder();
      for (String part : name.split("_")) {
        camel.append(part.substring(0, 1).toUpperCase(Locale.ROOT)).append(part.substring(1));
      }
      String lower = camel.substring(0, 1).toLowerCase(Locale.ROOT) + camel.substring(1);
      String unit = type.equals("time") || type.equals("duration") ? "Nanos" : "";
      return javax.lang.model.SourceVersion.isKeyword(lower) ? lower + "_" : lower + unit;
    }
  }

  static boolean plain(Field field) {
    return BUILTINS.containsKey(field.type);
  }

  static boolean bytes(Field field) {
    return field.array()
        && plain(field)
        && List.of("uint8", "char", "int8", "byte").contains(field.type);
  }

  static String constant(Constant c) {
    if (c.type.equals("string")) {
      return "java.lang.String " + c.name + " = " + literal(c.value) + ";\n";
    }
    String java = BUILTINS.get(c.type).java;
    String value =
        switch (java) {
          case "boolean" -> String.valueOf(c.value.equals("1") || c.value.equalsIgnoreCase("true"));
          case "long" -> c.value + "L";
          case "float" -> c.value + "f";
          default -> c.value;
        };
    return java + " " + c.name + " = " + value + ";\n";
  }

  static String literal(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t");
    return "\"" + escaped.replace("\r", "\\r").replace("\n", "\\n") + "\"";
  }

  static String javaType(Field f) {
    return plain(f)
        ? BUILTINS.get(f.type).java
        : f.type.equals("string") ? "java.lang.String" : TARGET + "." + f.type.replace('/', '.');
  }

  static String declaration(Field f) {
    String type = javaType(f);
    if (bytes(f)) {
      return "ByteBuffer "
          + f.java()
          + " = ByteBuffer.allocate("
          + Math.max(0, f.length)
          + ");\n  private final Wire.Bytes "
          + view(f)
          + " = new Wire.Bytes();\n";
    }
    if (f.array() && plain(f)) {
      return type + "[] " + f.java() + " = new " + type + "[" + Math.max(0, f.length) + "];\n";
    }
    if (f.array()) {
      String list =
          f.length < 0
              ? "new ArrayList<>()"
              : "Wire.resize(new ArrayList<>(), " + f.length + ", " + fresh(f) + ")";
      return "List<" + type + "> " + f.java() + " = " + list + ";\n";
    }
    return type
        + " "
        + f.java()
        + (plain(f) ? "" : f.type.equals("string") ? " = \"\"" : " = new " + type + "()")
        + ";\n";
  }

  /** Returns a name that no message field can have. */
  private static String view(Field f) {
    return f.java() + "View_";
  }

  static String fresh(Field f) {
    return f.type.equals("string") ? "() -> \"\"" : javaType(f) + "::new";
  }

  static String size(Field f) {
    String name = "this." + f.java();
    String prefix = f.length == -1 ? "4L + " : "";
    if (bytes(f)) {
      return "    size += " + prefix + name + ".remaining();\n";
    }
    if (plain(f)) {
      String count =
          f.array()
              ? (long) BUILTINS.get(f.type).size + "L * " + name + ".length"
              : BUILTINS.get(f.type).size + "";
      return "    size += " + prefix + count + ";\n";
    }
    String one = f.type.equals("string") ? "Wire.sizeOf(%s)" : "%s.serializedSize()";
    if (!f.array()) {
      return "    size += " + one.formatted(name) + ";\n";
    }
    return (prefix.isEmpty() ? "" : "    size += 4;\n")
        + "    for (int i = 0; i < "
        + name
        + ".size(); i++) {\n      size += "
        + one.formatted(name + ".get(i)")
        + ";\n    }\n";
  }

  static String write(Field f) {
    String name = "this." + f.java();
    String one =
        plain(f)
            ? BUILTINS.get(f.type).write
            : f.type.equals("string") ? "Wire.writeString(out, %s)" : "%s.write(out)";
    if (!f.array()) {
      return "    " + one.formatted(name) + ";\n";
    }
    String length =
        bytes(f) ? name + ".remaining()" : plain(f) ? name + ".length" : name + ".size()";
    String head =
        f.length < 0
            ? "    out.putInt(" + length + ");\n"
            : "    Wire.checkLength(" + length + ", " + f.length + ", \"" + f.name + "\");\n";
    if (bytes(f)) {
      return head + "    Wire.writeBytes(out, " + name + ");\n";
    }
    String element = plain(f) ? name + "[i]" : name + ".get(i)";
    return head
        + "    for (int i = 0; i < "
        + length
        + "; i++) {\n      "
        + one.formatted(element)
        + ";\n    }\n";
  }

  static String read(Field f, int minElementSize) {
    String name = "this." + f.java();
    boolean string = f.type.equals("string");
    if (!f.array()) {
      return plain(f)
          ? "    " + name + " = " + BUILTINS.get(f.type).read + ";\n"
          : string
              ? "    " + name + " = Wire.readString(in, " + name + ");\n"
              : "    " + name + ".read(in);\n";
    }
    String count = f.length < 0 ? "Wire.readCount(in, " + minElementSize + ")" : "" + f.length;
    if (bytes(f)) {
      return "    " + name + " = this." + view(f) + ".read(in, " + count + ");\n";
    }
    String head = "    int " + f.java() + "Count = " + count + ";\n";
    String loop = "    for (int i = 0; i < " + f.java() + "Count; i++) {\n      ";
    if (plain(f)) {
      return head
          + "    if ("
          + name
          + ".length != "
          + f.java()
          + "Count) {\n      "
          + name
          + " = new "
          + javaType(f)
          + "["
          + f.java()
          + "Count];\n    }\n"
          + loop
          + name
          + "[i] = "
          + BUILTINS.get(f.type).read
          + ";\n    }\n";
    }
    return head
        + "    Wire.resize("
        + name
        + ", "
        + f.java()
        + "Count, "
        + fresh(f)
        + ");\n"
        + loop
        + (string
            ? name + ".set(i, Wire.readString(in, " + name + ".get(i)));\n    }\n"
            : name + ".get(i).read(in);\n    }\n");
  }

  private JavaFields() {}
}
