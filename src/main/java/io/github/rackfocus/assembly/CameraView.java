package io.github.rackfocus.assembly;

/**
 * What a source tells of its camera while it runs, for maps of a size.
 *
 * @param frameId coordinate frame of the camera
 * @param calibrated whether the numbers below mean anything
 * @param fx focal lengths and principal point of the rectified image, pixels
 * @param fy likewise
 * @param cx likewise
 * @param cy likewise
 * @param calibrationSha256 lower-case hex; empty without calibration
 */
public record CameraView(
    String frameId,
    boolean calibrated,
    double fx,
    double fy,
    double cx,
    double cy,
    String calibrationSha256) {}
