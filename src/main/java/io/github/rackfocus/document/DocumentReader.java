package io.github.rackfocus.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Parses a document of bounded size into a tree. A key given twice in one object is an error.
 * Thread-safe.
 */
public enum DocumentReader {
  /** JSON; numbers keep all their digits, and nothing may follow the document. */
  JSON(
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()),
  /** YAML. */
  YAML(
      new YAMLMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()));

  @SuppressWarnings("ImmutableEnumChecker") // A mapper is thread-safe once it is configured.
  private final ObjectMapper mapper;

  DocumentReader(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * Reads a file.
   *
   * @param maxBytes largest size that is read
   * @return the root, or {@link MissingNode} for an empty file
   * @throws IOException if the file can't be read
   * @throws DocumentException if it is too large or its syntax is wrong
   */
  public JsonNode read(Path file, int maxBytes) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(maxBytes + 1);
    }
    if (bytes.length > maxBytes) {
      long size = Math.max(bytes.length, Files.size(file));
      throw new DocumentException(
          file.toString(), "has " + size + " bytes; expected at most " + maxBytes);
    }
    return parse(file.toString(), bytes);
  }

  /**
   * Parses a text.
   *
   * @param source name of the document, for messages
   * @throws DocumentException if the syntax is wrong
   */
  public JsonNode parse(String source, String text) {
    return parse(source, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Parses UTF-8 bytes.
   *
   * @param source name of the document, for messages
   * @throws DocumentException if the syntax is wrong
   */
  public JsonNode parse(String source, byte[] bytes) {
    try {
      JsonNode root = mapper.readTree(bytes);
      return root == null ? MissingNode.getInstance() : root;
    } catch (JsonProcessingException e) {
      throw new DocumentException(
          source,
          place(e) + "not valid " + name() + " (" + firstLine(e.getOriginalMessage()) + ")",
          e);
    } catch (NumberFormatException e) {
      throw new DocumentException(
          source, "not valid " + name() + " (" + firstLine(e.getMessage()) + ")", e);
    } catch (IOException e) {
      throw new DocumentException(
          source, "not valid " + name() + " (" + firstLine(e.getMessage()) + ")", e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : "line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ": ";
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
