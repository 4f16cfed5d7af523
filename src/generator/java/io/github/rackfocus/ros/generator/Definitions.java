package io.github.rackfocus.ros.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Parses ROS 1 message and service definitions and computes their md5sums and full definitions, by
 * the rules of wiki.ros.org/ROS/Technical%20Overview and gendeps.
 */
final class Definitions {
  private static final Pattern FIELD =
      Pattern.compile("([A-Za-z][\\w/]*)(\\[(\\d*)])?\\s+([A-Za-z]\\w*)");
  private static final Pattern CONSTANT =
      Pattern.compile("([a-z]\\w*)\\s+([A-Za-z]\\w*)\\s*=\\s*(.*)");

  /** A message, or one half of a service. */
  record Spec(
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

  Map<String, Spec> messages() {
    return messages;
  }

  /** Returns request and response by the name of the service. */
  Map<String, Spec[]> services() {
    return services;
  }

  /**
   * Loads a ROS package or a folder of packages.
   *
   * @throws IllegalArgumentException if a definition is malformed; the message has file and line
   */
  void load(Path root) throws IOException {
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
              file + ": found " + (parts.length - 1) + " lines ---; expected one");
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
                + ": found \""
                + clean
                + "\"; expected TYPE NAME or TYPE NAME=VALUE");
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
      throw new IllegalArgumentException(user.file + ": missing definition of " + type);
    }
    return found;
  }

  /** Returns the md5sum of a message. */
  String md5sum(Spec spec) {
    return md5(md5Text(spec));
  }

  /** Returns the md5sum of a service. */
  String md5sum(Spec request, Spec response) {
    return md5(md5Text(request) + md5Text(response));
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

  /** Returns the full definition, with nested messages, as in connection headers and bags. */
  String definition(Spec spec) {
    Set<String> dependencies = new LinkedHashSet<>();
    collectDependencies(spec, dependencies);
    StringBuilder all = new StringBuilder(spec.text);
    for (String dependency : dependencies) {
      all.append("\n").append("=".repeat(80)).append("\nMSG: ").append(dependency).append("\n");
      all.append(message(spec, dependency).text);
    }
    return all.toString();
  }

  /** Returns the minimum size of an element of a list field on the wire, bytes. */
  int minElementSize(Spec spec, JavaFields.Field f) {
    return JavaFields.plain(f)
        ? JavaFields.BUILTINS.get(f.type()).size()
        : f.type().equals("string") ? 4 : minSize(message(spec, f.type()));
  }

  /** Returns the minimum size of a value on the wire, bytes, to check received counts against. */
  private int minSize(Spec spec) {
    int sum = 0;
    for (JavaFields.Field field : spec.fields) {
      int one =
          JavaFields.plain(field)
              ? JavaFields.BUILTINS.get(field.type()).size()
              : field.type().equals("string") ? 4 : minSize(message(spec, field.type()));
      sum += field.length() == -2 ? one : field.length() == -1 ? 4 : one * field.length();
    }
    return Math.max(1, sum);
  }
}
