package io.github.rackfocus.eval;

/**
 * A figure about one depth map of one stack; formulas, domains and sources are in docs/metrics.md.
 */
public enum Metric {
  /** Mean absolute error, metres or index values. */
  MAE("mae", "MAE", Kind.ACCURACY),
  /** Mean squared error. */
  MSE("mse", "MSE", Kind.ACCURACY),
  /** Root of the mean squared error. */
  RMS("rms", "RMS", Kind.ACCURACY),
  /** Root of the mean squared error of natural logarithms. */
  LOG_RMS("logRms", "logRMS", Kind.ACCURACY),
  /** Mean of absolute error by truth. */
  ABS_REL("absRel", "AbsRel", Kind.ACCURACY),
  /** Mean of squared error by truth. */
  SQ_REL("sqRel", "SqRel", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25. */
  ACC_1("acc1", "Acc_1", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25². */
  ACC_2("acc2", "Acc_2", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25³. */
  ACC_3("acc3", "Acc_3", Kind.ACCURACY),
  /** Pearson's correlation. */
  CORR("corr", "Corr", Kind.ACCURACY),
  /** Mean absolute error in planes of the stack. */
  MAE_PLANES("maePlanes", "planes", Kind.ACCURACY),
  /** Mean absolute error after the affine least-squares fit to the truth; index stacks only. */
  MAE_AFFINE("maeAffine", "affine", Kind.ACCURACY),
  /** Share of the pixels with known truth that were judged. */
  COVERAGE("coverage", "cover", Kind.RUN),
  /** Median time of a whole stack, milliseconds. */
  MILLIS("millis", "ms", Kind.RUN),
  /** Median time of a rolling update, one frame of the stack being new, milliseconds. */
  ROLLING_MILLIS("rollingMillis", "roll", Kind.RUN),
  /** Mean absolute error, in planes, of the 50 % of pixels with the highest confidence. */
  BEST_50("best50", "best50", Kind.CONFIDENCE),
  /** The same of the best 80 %. */
  BEST_80("best80", "best80", Kind.CONFIDENCE),
  /** The same of the best 95 %. */
  BEST_95("best95", "best95", Kind.CONFIDENCE),
  /** Share of pixels whose error is within the 68 % bound that their stated error implies. */
  WITHIN_68("within68", "in 68%", Kind.CONFIDENCE),
  /** The same for the 95 % bound. */
  WITHIN_95("within95", "in 95%", Kind.CONFIDENCE),
  /** Mean stated error by mean error made; 1 is honest on the whole. */
  STATED("statedByMade", "stated", Kind.CONFIDENCE);

  /** What a figure is about. */
  public enum Kind {
    /** The depth. */
    ACCURACY,
    /** The run. */
    RUN,
    /** What the map says of its own certainty. */
    CONFIDENCE
  }

  private final String key;
  private final String label;
  private final Kind kind;

  Metric(String key, String label, Kind kind) {
    this.key = key;
    this.label = label;
    this.kind = kind;
  }

  /** The name in JSON. */
  public String key() {
    return key;
  }

  /** The head of its column, at most 6 characters. */
  public String label() {
    return label;
  }

  /** What it is about. */
  public Kind kind() {
    return kind;
  }
}
