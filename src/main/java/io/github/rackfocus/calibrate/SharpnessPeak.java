package io.github.rackfocus.calibrate;

/**
 * The lens at the moment of a sweep at which a patch of the scene was sharpest.
 *
 * @param lens the lens at the peak
 * @param sigmaPower one standard error of its power, dioptres
 * @param x centre of the patch on the board, metres; 0 without a board
 * @param y centre of the patch on the board, metres; 0 without a board
 */
record SharpnessPeak(LensSample lens, double sigmaPower, double x, double y) {}
