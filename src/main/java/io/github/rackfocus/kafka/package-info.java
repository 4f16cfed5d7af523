/** Publishers and consumers of depth, obstacles, health and frames on Kafka. */
@NullMarked
package io.github.rackfocus.kafka;

import org.jspecify.annotations.NullMarked;
