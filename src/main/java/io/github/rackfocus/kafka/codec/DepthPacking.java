package io.github.rackfocus.kafka.codec;

/** The format of 16-bit depth codes. */
public enum DepthPacking {
  /** A 16-bit grey PNG: small and widely supported. */
  PNG16,
  /** Raw little-endian codes: no computation, for local links and small maps. */
  RAW16
}
