package io.github.rackfocus.ros.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes Java classes for ROS 1 message and service definitions; the build runs this file as it
 * stands ({@code java MessageGenerator.java OUT ROOT...}). A root is a ROS package (has {@code msg}
 * or {@code srv}) or a folder of such. Files that would not change are left alone. md5sum and full
 * definition follow the rules of wiki.ros.org/ROS/Technical%20Overview and gendeps.
 */
public final class MessageGenerator {
  private static final Pattern FIELD =
      Pattern.compile("([A-Za-z][\\w/]*)(\\[(\\d*)])?\\s+([A-Za-z]\\w*)");
  private static final Pattern CONSTANT =
      Pattern.compile("([a-z]\\w*)\\s+([A-Za-z]\\w*)\\s*=\\s*(.*)");

  private record Spec(
      String type,
      String text,
      List<JavaFields.Constant> constants,
      List<JavaFields.Field> fields,
      Path file) {
    String ownPackage() {
      return type.substring(0, type.indexOf('/'));
    }

    String simpleName() {
      return type.substring(type.indexOf('/') + 1);
    }
  }

  private final Map<String, Spec> messages = new TreeMap<>();
  private final Map<String, Spec[]> services = new TreeMap<>();

  private MessageGenerator() {}

  public static void main(String[] args) throws IOException {
    MessageGenerator generator = new MessageGenerator();
    try {
      for (int i = 1; i < args.length; i++) {
        generator.load(Path.of(args[i]));
      }
      generator.writeAll(Path.of(args[0]));
    } catch (IllegalArgumentException e) {
      System.err.println("message generator: " + e.getMessage());
      System.exit(1);
    }
  }

  private void load(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files =
          all.filter(f -> f.toString().matches(".*/(msg|srv)/\\w+\\.(msg|srv)")).sorted().toList();
    }
    for (Path file : files) {
      String fileName = file.getFileName().toString();
      String ownPackage = file.toAbsolutePath().getParent().getParent().getFileName().toString();
      String type = ownPackage + "/" + fileName.substring(0, fileName.length() - 4);
      String text = Files.readString(file);
      if (fileName.endsWith(".msg")) {
        messages.put(type, parse(type, text, file));
      } else {
        String[] parts = text.split("(?m)^---.*$\\n?", -1);
        if (parts.length != 2) {
          throw new IllegalArgumentException(
              file + ": expected one line --- , found " + (parts.length - 1));
        }
        services.put(
            type,
            new Spec[] {
              parse(type + "Request", parts[0], file), parse(type + "Response", parts[1], file)
            });
      }
    }
  }

  private static Spec parse(String type, String text, Path file) {
    Spec spec = new Spec(type, text, new ArrayList<>(), new ArrayList<>(), file);
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      String clean = line.replaceFirst("#.*", "").strip();
      if (clean.isEmpty()) {
        continue;
      }
      boolean constant = clean.contains("=");
      boolean isString = clean.startsWith("string ");
      Matcher matcher =
          (constant ? CONSTANT : FIELD).matcher(constant && isString ? line.strip() : clean);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            file
                + ":"
                + number
                + ": expected TYPE NAME or TYPE NAME=VALUE, found \""
                + clean
                + "\"");
      }
      if (constant) {
        spec.constants.add(
            new JavaFields.Constant(matcher.group(1), matcher.group(2), matcher.group(3)));
      } else {
        String digits = matcher.group(3);
        int length = digits == null ? -2 : digits.isEmpty() ? -1 : Integer.parseInt(digits);
        spec.fields.add(
            new JavaFields.Field(
                resolve(spec.ownPackage(), matcher.group(1)), length, matcher.group(4)));
      }
    }
    return spec;
  }

  private static String resolve(String ownPackage, String name) {
    if (JavaFields.BUILTINS.containsKey(name) || name.equals("string") || name.contains("/")) {
      return name;
    }
    return name.equals("Header") ? "std_msgs/Header" : ownPackage + "/" + name;
  }

  private Spec message(Spec user, String type) {
    Spec found = messages.get(type);
    if (found == null) {
      throw new IllegalArgumentException(user.file + ": no definition of " + type);
    }
    return found;
  }

  private String md5Text(Spec spec) {
    Stream<String> constants =
        spec.constants.stream().map(c -> c.type() + " " + c.name() + "=" + c.value());
    Stream<String> fields =
        spec.fields.stream()
            .map(f ->
                JavaFields.plain(f) || f.type().equals("string")
                    ? f.wireType() + " " + f.name()
                    : md5(md5Text(message(spec, f.type()))) + " " + f.name());
    return Stream.concat(constants, fields).collect(Collectors.joining("\n"));
  }

  /** The least an element of a list field takes on the wire. */
  private int least(Spec spec, JavaFields.Field f) {
    return JavaFields.plain(f)
        ? JavaFields.BUILTINS.get(f.type()).size()
        : f.type().equals("string") ? 4 : leastSize(message(spec, f.type()));
  }

  private static String md5(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  private void collectDependencies(Spec spec, Set<String> into) {
    for (JavaFields.Field field : spec.fields) {
      if (!JavaFields.plain(field) && !field.type().equals("string") && into.add(field.type())) {
        collectDependencies(message(spec, field.type()), into);
      }
    }
  }

  private String definition(Spec spec) {
    Set<String> dependencies = new LinkedHashSet<>();
    collectDependencies(spec, dependencies);
    StringBuilder all = new StringBuilder(spec.text);
    for (String dependency : dependencies) {
      all.append("\n").append("=".repeat(80)).append("\nMSG: ").append(dependency).append("\n");
      all.append(message(spec, dependency).text);
    }
    return all.toString();
  }

  /** The least a value of a type takes on the wire: what a count from outside is held against. */
  private int leastSize(Spec spec) {
    int sum = 0;
    for (JavaFields.Field field : spec.fields) {
      int one =
          JavaFields.plain(field)
              ? JavaFields.BUILTINS.get(field.type()).size()
              : field.type().equals("string") ? 4 : leastSize(message(spec, field.type()));
      sum += field.length() == -2 ? one : field.length() == -1 ? 4 : one * field.length();
    }
    return Math.max(1, sum);
  }

  private void writeAll(Path out) throws IOException {
    Set<Path> written = new LinkedHashSet<>();
    for (Spec spec : messages.values()) {
      String body = messageClass(spec, spec.simpleName(), "public final class ");
      written.add(write(out, spec.ownPackage(), spec.simpleName(), body));
    }
    for (Map.Entry<String, Spec[]> service : services.entrySet()) {
      Spec request = service.getValue()[0];
      Spec response = service.getValue()[1];
      String name = service.getKey().substring(service.getKey().indexOf('/') + 1);
      String body =
          "/** Service "
              + service.getKey()
              + ". */\n"
              + "@Generated(\"MessageGenerator\")\n"
              + "public final class "
              + name
              + " {\n"
              + "  public static final ServiceType<Request, Response> TYPE =\n"
              + "      new ServiceType<>(\""
              + service.getKey()
              + "\", \""
              + md5(md5Text(request) + md5Text(response))
              + "\", Request.TYPE, Response.TYPE);\n\n"
              + "  private "
              + name
              + "() {}\n\n"
              + messageClass(request, "Request", "public static final class ").indent(2)
              + "\n"
              + messageClass(response, "Response", "public static final class ").indent(2)
              + "}\n";
      written.add(write(out, request.ownPackage(), name, body));
    }
    try (Stream<Path> all = Files.walk(out)) {
      for (Path stale :
          all.filter(Files::isRegularFile).filter(f -> !written.contains(f)).toList()) {
        Files.delete(stale);
      }
    }
  }

  private static Path write(Path out, String ownPackage, String name, String body)
      throws IOException {
    Path file =
        out.resolve(JavaFields.TARGET.replace('.', '/'))
            .resolve(ownPackage)
            .resolve(name + ".java");
    String text =
        "package "
            + JavaFields.TARGET
            + "."
            + ownPackage
            + ";\n\n"
            + "import io.github.rackfocus.ros.Message;\nimport io.github.rackfocus.ros.MessageType;\n"
            + "import io.github.rackfocus.ros.ServiceType;\nimport io.github.rackfocus.ros.Wire;\n"
            + "import java.nio.ByteBuffer;\nimport java.util.ArrayList;\nimport java.util.List;\n"
            + "import javax.annotation.processing.Generated;\n\n"
            + body;
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    return file;
  }

  private String messageClass(Spec spec, String name, String modifiers) {
    StringBuilder java = new StringBuilder();
    java.append("/** Message ")
        .append(spec.type)
        .append(". Times and durations in nanoseconds. */\n");
    java.append("@Generated(\"MessageGenerator\")\n");
    java.append(modifiers).append(name).append(" implements Message {\n");
    java.append("  public static final MessageType<").append(name).append("> TYPE =\n");
    java.append("      new MessageType<>(").append(JavaFields.literal(spec.type)).append(", ");
    java.append(JavaFields.literal(md5(md5Text(spec)))).append(",\n          ");
    java.append(JavaFields.literal(definition(spec))).append(", ").append(name).append("::new);\n");
    spec.constants.forEach(
        c -> java.append("  public static final ").append(JavaFields.constant(c)));
    java.append("\n");
    spec.fields.forEach(f -> java.append("  public ").append(JavaFields.declaration(f)));
    java.append("\n  @Override\n  public MessageType<").append(name).append("> type() {\n");
    java.append("    return TYPE;\n  }\n\n  @Override\n  public long serializedSize() {\n");
    java.append("    long size = 0;\n");
    spec.fields.forEach(f -> java.append(JavaFields.size(f)));
    java.append("    return size;\n  }\n\n  @Override\n  public void write(ByteBuffer out) {\n");
    spec.fields.forEach(f -> java.append(JavaFields.write(f)));
    java.append("  }\n\n  @Override\n  public void read(ByteBuffer in) {\n");
    spec.fields.forEach(f -> java.append(JavaFields.read(f, least(spec, f))));
    return java.append("  }\n}\n").toString();
  }
}

/** The Java of single fields and constants. */
final class JavaFields {
  static final String TARGET = "io.github.rackfocus.ros.msg";

  /** How a built-in type is held, sized, read and written; %s is the place of the value. */
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
   * A field; {@code length} is −2 for a single value, −1 for a list, else that of a fixed array.
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
      return "ByteBuffer " + f.java() + " = ByteBuffer.allocate(" + Math.max(0, f.length) + ");\n";
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

  static String read(Field f, int least) {
    String name = "this." + f.java();
    boolean string = f.type.equals("string");
    if (!f.array()) {
      return plain(f)
          ? "    " + name + " = " + BUILTINS.get(f.type).read + ";\n"
          : string
              ? "    " + name + " = Wire.readString(in, " + name + ");\n"
              : "    " + name + ".read(in);\n";
    }
    String count = f.length < 0 ? "Wire.readCount(in, " + least + ")" : "" + f.length;
    if (bytes(f)) {
      return "    " + name + " = Wire.readBytes(in, " + count + ");\n";
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
