package io.github.rackfocus.calibrate;

/** Standard errors of the observations, estimated from the residuals of the fit before. */
final class Noise {
  /** Of a corner's column or row, pixels. */
  double cornerPixels = 0.2;

  /** Factor on the standard errors that the curves of sharpness give. */
  double peakFactor = 1;

  /** Median standard error of the lens power of peaks, dioptres. */
  double medianPeakSigma;

  /** Dioptres of focus per dioptre of lens power, to scale the standard errors of peaks. */
  double gain = 1;

  /** Focus at which the camera matrix holds, dioptres. */
  double referenceFocus;

  /** Forgets what was estimated. */
  void reset() {
    cornerPixels = 0.2;
    peakFactor = 1;
  }

  /** Returns the residual of a peak of sharpness for an object of known vergence. */
  double peakResidual(double[] shared, SharpnessPeak peak, double vergence) {
    return (peak.lens().focus(shared) - vergence) / peakSigma(peak);
  }

  /**
   * Returns one standard error of the focus at a peak, dioptres. What a curve of few samples says
   * of its own error is uncertain, so it is pulled towards what is usual.
   */
  double peakSigma(SharpnessPeak peak) {
    double own = peak.sigmaPower() * peak.sigmaPower();
    double usual = medianPeakSigma * medianPeakSigma;
    return Math.abs(gain) * Math.sqrt((own + 2 * usual) / 3) * peakFactor;
  }

  /** Moves a pixel of the reference view to where it is in the image of a lens sample. */
  void breathe(double[] shared, LensSample lens, double[] pixel) {
    CameraModel.breathe(shared, lens.focus(shared) - referenceFocus, pixel);
  }
}
