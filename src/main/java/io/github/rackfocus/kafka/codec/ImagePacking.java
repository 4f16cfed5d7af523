package io.github.rackfocus.kafka.codec;

/** How a {@code CameraFrame} holds its image; both forms are lossless. */
public enum ImagePacking {
  /** An 8-bit grey PNG: half of raw or less for what cameras see, and any tool opens it. */
  PNG,
  /** Raw luma in a Zstandard frame: larger than PNG where there is noise, and cheaper to unpack. */
  ZSTD
}
