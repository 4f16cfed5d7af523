/** Encoding and decoding of the Protobuf messages that travel through Kafka. */
@NullMarked
package io.github.rackfocus.kafka.codec;

import org.jspecify.annotations.NullMarked;
