/** Where frames come from: stack folders and the simulated camera. */
@NullMarked
package io.github.rackfocus.camera;

import org.jspecify.annotations.NullMarked;
