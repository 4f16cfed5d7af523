/** Reads model bundles and runs them on ONNX Runtime. */
@NullMarked
package io.github.rackfocus.onnx;

import org.jspecify.annotations.NullMarked;
