package io.github.rackfocus.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that stand elsewhere than in the configuration: within the value of a property, {@code
 * ${file:/run/secrets/kafka}} is the text of a file without the line end at its end, and {@code
 * ${env:KAFKA_PASSWORD}} an environment variable. They are read anew for every client that is made,
 * so that a secret may change; faults name the place, never the text.
 *
 * <p>Where the properties have {@code config.providers}, Kafka's own substitution is wanted, and
 * nothing is touched.
 */
public final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env):([^}]*)}");
  private static final String KAFKAS_OWN = "config.providers";
  private static final long MAX_BYTES = 64 << 10;

  private Secrets() {}

  /**
   * Puts secrets in their places.
   *
   * @throws IllegalArgumentException if one can't be had, naming property and place
   */
  public static Map<String, String> resolve(Map<String, String> properties) {
    return resolve(properties, System::getenv);
  }

  static Map<String, String> resolve(
      Map<String, String> properties, Function<String, @Nullable String> environment) {
    if (properties.containsKey(KAFKAS_OWN)) {
      return properties;
    }
    Map<String, String> resolved = new TreeMap<>();
    properties.forEach((name, value) -> resolved.put(name, resolve(name, value, environment)));
    return resolved;
  }

  private static String resolve(
      String name, String value, Function<String, @Nullable String> environment) {
    Matcher reference = REFERENCE.matcher(value);
    StringBuilder text = new StringBuilder();
    while (reference.find()) {
      String place = reference.group(2);
      String secret =
          reference.group(1).equals("env")
              ? variable(name, place, environment)
              : content(name, Path.of(place));
      reference.appendReplacement(text, Matcher.quoteReplacement(secret));
    }
    return reference.appendTail(text).toString();
  }

  private static String variable(
      String name, String variable, Function<String, @Nullable String> environment) {
    String value = environment.apply(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "kafka: property " + name + ": environment variable " + variable + " is not set");
    }
    return value;
  }

  private static String content(String name, Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            "kafka: property " + name + ": " + file + " has more than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "kafka: property "
              + name
              + ": "
              + file
              + " can't be read: "
              + e.getClass().getSimpleName(),
          e);
    }
  }
}
