/** Depth maps to and from Kafka. */
@NullMarked
package io.github.rackfocus.kafka;

import org.jspecify.annotations.NullMarked;
