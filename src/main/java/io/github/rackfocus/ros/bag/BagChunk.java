package io.github.rackfocus.ros.bag;

/**
 * A chunk of a bag: a compressed block of messages.
 *
 * @param position of the record in the file, bytes
 * @param dataPosition of the stored data in the file, bytes
 * @param storedBytes size of the stored data; less than announced if the bag is truncated
 * @param compression {@code none}, {@code bz2} or {@code lz4}
 * @param size announced size of the decompressed data, bytes
 * @param complete whether all of the announced data is in the file
 */
record BagChunk(
    long position,
    long dataPosition,
    int storedBytes,
    String compression,
    int size,
    boolean complete) {}
