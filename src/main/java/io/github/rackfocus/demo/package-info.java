/** An embedded Kafka broker and a counting consumer, for the demo and the tests. */
@NullMarked
package io.github.rackfocus.demo;

import org.jspecify.annotations.NullMarked;
