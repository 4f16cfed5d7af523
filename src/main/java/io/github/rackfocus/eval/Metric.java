package io.github.rackfocus.eval;

/** A metric of the depth map of a stack; docs/metrics.md has formulas, domains and sources. */
public enum Metric {
  /** Mean absolute error, metres or index values. */
  MAE("mae", "MAE", Kind.ACCURACY),
  /** Mean squared error. */
  MSE("mse", "MSE", Kind.ACCURACY),
  /** Root of the mean squared error. */
  RMS("rms", "RMS", Kind.ACCURACY),
  /** Root of the mean squared error of natural logarithms. */
  LOG_RMS("logRms", "logRMS", Kind.ACCURACY),
  /** Mean of absolute error / truth. */
  ABS_REL("absRel", "AbsRel", Kind.ACCURACY),
  /** Mean of squared error / truth. */
  SQ_REL("sqRel", "SqRel", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25. */
  ACC_1("acc1", "Acc_1", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25². */
  ACC_2("acc2", "Acc_2", Kind.ACCURACY),
  /** Share of pixels within a factor of 1.25³. */
  ACC_3("acc3", "Acc_3", Kind.ACCURACY),
  /** Pearson correlation. */
  CORR("corr", "Corr", Kind.ACCURACY),
  /** Mean absolute error in planes of the stack. */
  MAE_PLANES("maePlanes", "planes", Kind.ACCURACY),
  /** Mean absolute error after the affine least-squares fit to the truth; index stacks only. */
  MAE_AFFINE("maeAffine", "affine", Kind.ACCURACY),
  /** Mean absolute error after the best increasing function of it; index stacks only. */
  MAE_MONOTONE("maeMonotone", "mono", Kind.DETAIL),
  /** Mean absolute error in planes within 4 pixels of depth steps. */
  NEAR_STEPS("nearSteps", "steps", Kind.DETAIL),
  /** Mean absolute error in planes elsewhere. */
  OFF_STEPS("offSteps", "rest", Kind.DETAIL),
  /** Share of the pixels with known truth that were evaluated. */
  COVERAGE("coverage", "cover", Kind.RUN),
  /** Median time for a whole stack, milliseconds. */
  MILLIS("millis", "ms", Kind.RUN),
  /** Median time for a rolling update with one new frame, milliseconds. */
  ROLLING_MILLIS("rollingMillis", "roll", Kind.RUN),
  /** Mean absolute error, in planes, of the 50 % of pixels with the highest confidence. */
  BEST_50("best50", "best50", Kind.CONFIDENCE),
  /** The same for the best 80 %. */
  BEST_80("best80", "best80", Kind.CONFIDENCE),
  /** The same for the best 95 %. */
  BEST_95("best95", "best95", Kind.CONFIDENCE),
  /** Share of pixels whose error is within the 68 % bound that their expected error implies. */
  WITHIN_68("within68", "in 68%", Kind.CONFIDENCE),
  /** The same for the 95 % bound. */
  WITHIN_95("within95", "in 95%", Kind.CONFIDENCE),
  /** Mean expected error / mean actual error; 1 if the expected errors are right on average. */
  STATED("statedByMade", "stated", Kind.CONFIDENCE),
  /** Share of all pixels whose depth would be published. */
  PUBLISHED("published", "publ", Kind.PUBLISHED),
  /** Share of the evaluated pixels that are off by more than a plane, published or not. */
  ALL_OFF_BY_PLANE("allOffByPlane", "all>1", Kind.DETAIL),
  /** Share of the published pixels with known truth that are off by more than a plane. */
  OFF_BY_PLANE("offByPlane", ">1 pl", Kind.PUBLISHED);

  /** What a metric is about. */
  public enum Kind {
    /** Accuracy of the depth. */
    ACCURACY,
    /** Where and how the depth errs. */
    DETAIL,
    /** Time and coverage of the run. */
    RUN,
    /** Quality of the confidence and the expected error. */
    CONFIDENCE,
    /** What would be published. */
    PUBLISHED
  }

  private final String key;
  private final String label;
  private final Kind kind;

  Metric(String key, String label, Kind kind) {
    this.key = key;
    this.label = label;
    this.kind = kind;
  }

  /** Returns the JSON key. */
  public String key() {
    return key;
  }

  /** Returns the column heading, at most 6 characters. */
  public String label() {
    return label;
  }

  /** Returns what the metric is about. */
  public Kind kind() {
    return kind;
  }
}
