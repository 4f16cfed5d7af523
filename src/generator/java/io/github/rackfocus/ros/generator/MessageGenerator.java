package io.github.rackfocus.ros.generator;

import io.github.rackfocus.ros.generator.Definitions.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Generates Java classes from ROS 1 message and service definitions at the start of the build:
 * {@code MessageGenerator OUT ROOT...}. A root is a ROS package (with {@code msg} or {@code srv})
 * or a folder of packages. Unchanged files are not rewritten.
 */
public final class MessageGenerator {
  private final Definitions definitions = new Definitions();

  private MessageGenerator() {}

  public static void main(String[] args) throws IOException {
    MessageGenerator generator = new MessageGenerator();
    try {
      for (int i = 1; i < args.length; i++) {
        generator.definitions.load(Path.of(args[i]));
      }
      generator.writeAll(Path.of(args[0]));
    } catch (IllegalArgumentException e) {
      System.err.println("message generator: " + e.getMessage());
      System.exit(1);
    }
  }

  private void writeAll(Path out) throws IOException {
    Set<Path> written = new LinkedHashSet<>();
    for (Spec spec : definitions.messages().values()) {
      String body = messageClass(spec, spec.simpleName(), "public final class ");
      written.add(write(out, spec.ownPackage(), spec.simpleName(), body));
    }
    for (Map.Entry<String, Spec[]> service : definitions.services().entrySet()) {
      String type = service.getKey();
      String name = type.substring(type.indexOf('/') + 1);
      String ownPackage = service.getValue()[0].ownPackage();
      written.add(write(out, ownPackage, name, serviceClass(type, name, service.getValue())));
    }
    try (Stream<Path> all = Files.walk(out)) {
      for (Path stale :
          all.filter(Files::isRegularFile).filter(f -> !written.contains(f)).toList()) {
        Files.delete(stale);
      }
    }
  }

  private String serviceClass(String type, String name, Spec[] halves) {
    return "/** Service "
        + type
        + ". */\n"
        + "@Generated(\"MessageGenerator\")\n"
        + "public final class "
        + name
        + " {\n"
        + "  public static final ServiceType<Request, Response> TYPE =\n"
        + "      new ServiceType<>(\""
        + type
        + "\", \""
        + definitions.md5sum(halves[0], halves[1])
        + "\", Request.TYPE, Response.TYPE);\n\n"
        + "  private "
        + name
        + "() {}\n\n"
        + messageClass(halves[0], "Request", "public static final class ").indent(2)
        + "\n"
        + messageClass(halves[1], "Response", "public static final class ").indent(2)
        + "}\n";
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
            + "import io.github.rackfocus.ros.message.Message;\nimport io.github.rackfocus.ros.message.MessageType;\n"
            + "import io.github.rackfocus.ros.message.ServiceType;\nimport io.github.rackfocus.ros.message.Wire;\n"
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
        .append(spec.type())
        .append(". Times and durations in nanoseconds. */\n");
    java.append("@Generated(\"MessageGenerator\")\n");
    java.append(modifiers).append(name).append(" implements Message {\n");
    java.append("  public static final MessageType<").append(name).append("> TYPE =\n");
    java.append("      new MessageType<>(").append(JavaFields.literal(spec.type())).append(", ");
    java.append(JavaFields.literal(definitions.md5sum(spec))).append(",\n          ");
    java.append(JavaFields.literal(definitions.definition(spec)))
        .append(", ")
        .append(name)
        .append("::new);\n");
    spec.constants()
        .forEach(c -> java.append("  public static final ").append(JavaFields.constant(c)));
    java.append("\n");
    spec.fields().forEach(f -> java.append("  public ").append(JavaFields.declaration(f)));
    java.append("\n  @Override\n  public MessageType<").append(name).append("> type() {\n");
    java.append("    return TYPE;\n  }\n\n  @Override\n  public long serializedSize() {\n");
    java.append("    long size = 0;\n");
    spec.fields().forEach(f -> java.append(JavaFields.size(f)));
    java.append("    return size;\n  }\n\n  @Override\n  public void write(ByteBuffer out) {\n");
    spec.fields().forEach(f -> java.append(JavaFields.write(f)));
    java.append("  }\n\n  @Override\n  public void read(ByteBuffer in) {\n");
    spec.fields()
        .forEach(f -> java.append(JavaFields.read(f, definitions.minElementSize(spec, f))));
    return java.append("  }\n}\n").toString();
  }
}
