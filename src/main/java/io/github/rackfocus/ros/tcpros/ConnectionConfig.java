package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.message.MalformedMessageException;
import java.time.Duration;

/**
 * The identity and limits that all TCPROS connections of a node share.
 *
 * @param callerId the node's global name, sent in every connection header
 * @param handshakeTimeout maximum time the peer may take to send its connection header
 * @param maxMessageBytes longest message, service request or service response that is accepted
 */
public record ConnectionConfig(String callerId, Duration handshakeTimeout, int maxMessageBytes) {
  /**
   * Checks a length field from the wire against {@link #maxMessageBytes}.
   *
   * @param field the 32 bits of the field, read as unsigned
   * @return the length in bytes
   * @throws MalformedMessageException if the length exceeds the limit
   */
  public int checkLength(int field) {
    long length = Integer.toUnsignedLong(field);
    if (length > maxMessageBytes) {
      throw new MalformedMessageException(
          "message has " + length + " bytes; expected at most " + maxMessageBytes);
    }
    return (int) length;
  }
}
