/** Workers that turn the frames of many cameras, read from Kafka, into depth. */
@NullMarked
package io.github.rackfocus.fleet;

import org.jspecify.annotations.NullMarked;
