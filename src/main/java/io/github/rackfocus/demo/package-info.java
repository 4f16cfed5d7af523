/**
 * What only the demo and the tests need: an embedded Kafka broker and a consumer that counts.
 */
@NullMarked
package io.github.rackfocus.demo;

import org.jspecify.annotations.NullMarked;
