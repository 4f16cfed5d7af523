/**
 * Short, complete implementations of the three ports: a source, a model and a sink. Start a new one
 * from these; {@code docs/architecture.md} walks through them.
 */
@NullMarked
package io.github.rackfocus.examples;

import org.jspecify.annotations.NullMarked;
