package io.github.rackfocus.kafka.codec;

/** How 16-bit depth codes travel. */
public enum DepthPacking {
  /** A 16-bit grey PNG: small, and readable everywhere. */
  PNG16,
  /** Little-endian codes as they are: no work, for local links and small maps. */
  RAW16
}
