package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * The focus measure of every plane of a stack, Z of H x W floats.
 *
 * <p>Consecutive rolling stacks differ by one frame, so only planes with a new frame are measured.
 * For one thread.
 */
final class FocusMeasureVolume implements AutoCloseable {
  private final FocusMeasure measure;
  private final List<Plane> planes = new ArrayList<>();
  private int width;
  private int height;

  private static final class Plane {
    final Mat sharpness = new Mat();
    final FrameIdentity measured = new FrameIdentity();
  }

  /**
   * @param measure closed with this volume
   */
  FocusMeasureVolume(FocusMeasure measure) {
    this.measure = measure;
  }

  /**
   * Measures the planes whose frame has changed.
   *
   * @return number of planes measured
   */
  int update(FocalStack stack) {
    if (stack.width() != width || stack.height() != height || stack.planes() != planes.size()) {
      start(stack);
    }
    int measured = 0;
    for (int z = 0; z < stack.planes(); z++) {
      Frame frame = stack.frame(z);
      Plane plane = planes.get(z);
      if (!plane.measured.is(frame)) {
        // If measuring fails half-way, the plane must not count as measured.
        plane.measured.clear();
        Mat luma = new Mat(height, width, CvType.CV_8UC1, frame.luma());
        measure.measure(luma, plane.sharpness);
        luma.release();
        plane.measured.set(frame);
        measured++;
      }
    }
    return measured;
  }

  /** Copies one row of every plane into one array of {@code width} floats per plane. */
  void row(int y, float[][] into) {
    for (int z = 0; z < into.length; z++) {
      planes.get(z).sharpness.get(y, 0, into[z]);
    }
  }

  private void start(FocalStack stack) {
    releasePlanes();
    width = stack.width();
    height = stack.height();
    for (int z = 0; z < stack.planes(); z++) {
      planes.add(new Plane());
    }
  }

  private void releasePlanes() {
    planes.forEach(plane -> plane.sharpness.release());
    planes.clear();
  }

  @Override
  public void close() {
    releasePlanes();
    measure.close();
  }
}
