package io.github.rackfocus.kafka.spool;

/** Why a record that a publisher took, or was offered, did not reach its topic. */
public enum Loss {
  /** Newer records needed its place in memory ({@code onOutage: freshest}). */
  QUEUE_FULL("queueFull"),
  /** Newer records needed its place within the spool's bound on bytes. */
  SPOOL_FULL("spoolFull"),
  /** It waited in the spool beyond the bound on age. */
  SPOOL_AGE("spoolAge"),
  /** The disk was full: newer records needed its place, or it found none. */
  DISK_FULL("diskFull"),
  /** The spool's folder could not be written for another reason. */
  SPOOL_FAULT("spoolFault"),
  /** Its bytes in the spool were damaged. */
  DAMAGED("damaged"),
  /** It is larger than what the topic takes. */
  TOO_LARGE("tooLarge"),
  /** The broker refused it for good, for what it is. */
  REJECTED("rejected"),
  /** The publisher was closed before anybody acknowledged it. */
  CLOSED("closed");

  private final String key;

  Loss(String key) {
    this.key = key;
  }

  /** The published name. */
  public String key() {
    return key;
  }
}
