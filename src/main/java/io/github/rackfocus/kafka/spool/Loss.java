package io.github.rackfocus.kafka.spool;

/** Why a record that was offered to a publisher did not reach its topic. */
public enum Loss {
  /** Dropped from memory in favour of a newer record ({@code onOutage: freshest}). */
  QUEUE_FULL("queueFull"),
  /** Dropped because the spool had reached its size limit. */
  SPOOL_FULL("spoolFull"),
  /** Dropped because it had waited in the spool longer than the age limit. */
  SPOOL_AGE("spoolAge"),
  /** Dropped because the disk was full. */
  DISK_FULL("diskFull"),
  /** The spool folder could not be written for another reason. */
  SPOOL_FAULT("spoolFault"),
  /** Its bytes in the spool are damaged. */
  DAMAGED("damaged"),
  /** Larger than the topic's limit. */
  TOO_LARGE("tooLarge"),
  /** Rejected by the broker; sending it again would not help. */
  REJECTED("rejected"),
  /** The publisher was closed before it was acknowledged. */
  CLOSED("closed");

  private final String key;

  Loss(String key) {
    this.key = key;
  }

  /** The name under which it is published. */
  public String key() {
    return key;
  }
}
