package io.github.rackfocus.ros.bag;

/**
 * Where the messages of a stretch of time lie.
 *
 * @param position of the record in the file
 * @param dataPosition of what is stored
 * @param storedBytes that are there: fewer than announced where the bag breaks off
 * @param compression {@code none}, {@code bz2} or {@code lz4}
 * @param size announced bytes once unpacked
 * @param whole whether all that was announced is there
 */
record BagChunk(
    long position,
    long dataPosition,
    int storedBytes,
    String compression,
    int size,
    boolean whole) {}
