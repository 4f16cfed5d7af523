/**
 * What every package may use: error messages, rate-limited logging, threads, native libraries.
 * Depends on nothing here.
 */
@NullMarked
package io.github.rackfocus.common;

import org.jspecify.annotations.NullMarked;
