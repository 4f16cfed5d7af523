package io.github.rackfocus.assembly;

/**
 * What a live source knows of its camera, for images of one size.
 *
 * @param frameId coordinate frame of the camera
 * @param calibrated whether the camera is calibrated; otherwise the intrinsics are meaningless
 * @param fx focal lengths and principal point of the rectified image, pixels
 * @param fy likewise
 * @param cx likewise
 * @param cy likewise
 * @param calibrationSha256 lower-case hexadecimal; empty without calibration
 */
public record CameraView(
    String frameId,
    boolean calibrated,
    double fx,
    double fy,
    double cx,
    double cy,
    String calibrationSha256) {}
