/** The command line: one class a command. */
@NullMarked
package io.github.rackfocus.cli;

import org.jspecify.annotations.NullMarked;
