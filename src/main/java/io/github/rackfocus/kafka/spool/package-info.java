/** Records waiting to be acknowledged by Kafka, in memory or on disk. */
@NullMarked
package io.github.rackfocus.kafka.spool;

import org.jspecify.annotations.NullMarked;
