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
 * Substitutes secrets in client properties: {@code ${file:/run/secrets/kafka}} is replaced by the
 * content of a file without its last line end, and {@code ${env:KAFKA_PASSWORD}} by an environment
 * variable. They are read again for every new client, so that a secret may change. Errors name the
 * file or variable, never its content.
 *
 * <p>Properties with {@code config.providers} use Kafka's own substitution and are not changed.
 */
public final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env):([^}]*)}");
  private static final String CONFIG_PROVIDERS = "config.providers";
  private static final long MAX_BYTES = 64 << 10;

  private Secrets() {}

  /**
   * Returns the properties with secrets substituted.
   *
   * @throws IllegalArgumentException if a secret cannot be read; the message names the property and
   *     the file or variable
   */
  public static Map<String, String> resolve(Map<String, String> properties) {
    return resolve(properties, System::getenv);
  }

  static Map<String, String> resolve(
      Map<String, String> properties, Function<String, @Nullable String> environment) {
    if (properties.containsKey(CONFIG_PROVIDERS)) {
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
            "kafka: property " + name + ": " + file + " is larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "kafka: property "
              + name
              + ": "
              + file
              + " cannot be read: "
              + e.getClass().getSimpleName(),
          e);
    }
  }
}
