package io.github.rackfocus.document;

import java.io.Serial;

/**
 * A document has a fault. The message is one sentence with the document, the place in it, what was
 * found and what was expected. Callers usually convert it to the checked exception of their file.
 */
public final class DocumentException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  private final String fault;

  DocumentException(String source, String fault, Throwable cause) {
    super(source + ": " + fault, cause);
    this.fault = fault;
  }

  DocumentException(String source, String fault) {
    super(source + ": " + fault);
    this.fault = fault;
  }

  /** Returns the message without the name of the document. */
  public String fault() {
    return fault;
  }
}
