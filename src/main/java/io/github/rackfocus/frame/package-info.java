/** The vocabulary of the pipeline: frames, focus readings, pooled pixels, PFM files. */
@NullMarked
package io.github.rackfocus.frame;

import org.jspecify.annotations.NullMarked;
