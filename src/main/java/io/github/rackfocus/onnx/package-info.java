/** Model bundles and their inference on ONNX Runtime. */
@NullMarked
package io.github.rackfocus.onnx;

import org.jspecify.annotations.NullMarked;
