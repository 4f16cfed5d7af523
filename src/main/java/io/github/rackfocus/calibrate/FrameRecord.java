package io.github.rackfocus.calibrate;

/**
 * What is kept of a frame.
 *
 * @param stampNanos its stamp
 * @param power the lens's reading, dioptres
 * @param moving whether the lens moved, by its driver
 * @param celsius temperature of the lens; NaN if unknown
 * @param corners numbers of the board's corners in it; empty if none was found
 * @param pixels column and row of each corner
 * @param sharpness mean square of the Laplacian in each cell of the image
 */
record FrameRecord(
    long stampNanos,
    double power,
    boolean moving,
    double celsius,
    int[] corners,
    double[] pixels,
    float[] sharpness) {}
