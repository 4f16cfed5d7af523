package io.github.rackfocus.depth;

import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.sweep.FocalStack;

/**
 * The cells that changed on any plane of a stack since the previous sweep: they mix two scenes. For
 * one thread; allocates only when the size of the images changes.
 */
final class MovedCells {
  private CellMask moved = new CellMask(1, 1);

  /** Returns the cells of a stack; valid until the next call. */
  CellMask of(FocalStack stack) {
    moved = sizedFor(stack, moved);
    moved.clear();
    for (int plane = 0; plane < stack.planes(); plane++) {
      moved.or(stack.frame(plane).changedCells());
    }
    return moved;
  }

  /** Returns the mask, or another one if it does not have the size of a stack's images. */
  static CellMask sizedFor(FocalStack stack, CellMask mask) {
    CellMask wanted = stack.frame(0).changedCells();
    return mask.columns() == wanted.columns() && mask.rows() == wanted.rows()
        ? mask
        : new CellMask(stack.width(), stack.height());
  }
}
