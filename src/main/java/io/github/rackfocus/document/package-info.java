/** Reads JSON and YAML documents of bounded size and checks every value in them. */
@NullMarked
package io.github.rackfocus.document;

import org.jspecify.annotations.NullMarked;
