package io.github.rackfocus.kafka.codec;

/** The image format of a {@code CameraFrame}; both are lossless. */
public enum ImagePacking {
  /** An 8-bit grey PNG: at most half the raw size for typical images, and widely supported. */
  PNG,
  /** Raw luma in a Zstandard frame: larger than PNG for noisy images, but cheaper to unpack. */
  ZSTD
}
