/** The command line: one class per command. */
@NullMarked
package io.github.rackfocus.cli;

import org.jspecify.annotations.NullMarked;
