/**
 * The vocabulary of the way of the data: frames, focus readings, pooled pixels, PFM. Depends on
 * nothing here.
 */
@NullMarked
package io.github.rackfocus.frame;

import org.jspecify.annotations.NullMarked;
