package io.github.rackfocus.sweep;

import io.github.rackfocus.common.Sha256;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.LensWarp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calibration of a camera as camera_calibration measures it (REP 104), and of its lens. Immutable;
 * matrices are row by row and returned as copies.
 */
public final class CameraCalibration {
  /** Distortion models of REP 104, with their numbers of coefficients. */
  public enum DistortionModel {
    /** Brown: k1, k2, p1, p2, k3. */
    PLUMB_BOB("plumb_bob", 4, 5),
    /** Rational: k1, k2, p1, p2, k3 to k6, and OpenCV's additional coefficients. */
    RATIONAL_POLYNOMIAL("rational_polynomial", 8, 14),
    /** Fisheye: k1 to k4. */
    EQUIDISTANT("equidistant", 4, 4);

    private final String key;
    private final int fewest;
    private final int most;

    DistortionModel(String key, int fewest, int most) {
      this.key = key;
      this.fewest = fewest;
      this.most = most;
    }

    /** Name in files and messages. */
    public String key() {
      return key;
    }

    /**
     * Returns the model with a name; an empty name means plumb_bob.
     *
     * @throws IllegalArgumentException stating the expected names
     */
    public static DistortionModel of(String name) {
      for (DistortionModel model : values()) {
        if (model.key.equals(name) || (name.isEmpty() && model == PLUMB_BOB)) {
          return model;
        }
      }
      // OpenCV's name for the same model.
      if (name.equals("fisheye")) {
        return EQUIDISTANT;
      }
      throw new IllegalArgumentException(
          "distortion_model is '"
              + name
              + "'; expected one of "
              + String.join(", ", Arrays.stream(values()).map(DistortionModel::key).toList()));
    }

    private void check(double[] coefficients) {
      int count = coefficients.length;
      boolean known =
          count == 0
              || (count >= fewest && count <= most && List.of(4, 5, 8, 12, 14).contains(count));
      if (!known) {
        throw new IllegalArgumentException(
            "distortion_coefficients are "
                + count
                + "; expected "
                + (fewest == most ? fewest : fewest + " to " + most)
                + " for "
                + key);
      }
    }
  }

  private static final double[] IDENTITY = {1, 0, 0, 0, 1, 0, 0, 0, 1};

  private final String cameraName;
  private final int width;
  private final int height;
  private final DistortionModel model;
  private final double[] distortion;
  private final double[] camera;
  private final double[] rectification;
  private final double[] projection;
  private final LensCalibration lens;
  private final String sha256;

  /**
   * @param cameraName for messages; may be empty
   * @param width image width at calibration, pixels
   * @param height image height at calibration, pixels
   * @param distortion coefficients; empty for none
   * @param camera K, 3 x 3: pixels of the raw images
   * @param rectification R, 3 x 3
   * @param projection P, 3 x 4: pixels of the rectified images
   * @throws IllegalArgumentException if a matrix has the wrong size or form, a value is not finite,
   *     a focal length is not positive or R is not a rotation; the message states which
   */
  public CameraCalibration(
      String cameraName,
      int width,
      int height,
      DistortionModel model,
      double[] distortion,
      double[] camera,
      double[] rectification,
      double[] projection,
      LensCalibration lens) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image size is " + width + " x " + height + "; expected at least 1 x 1");
    }
    model.check(distortion);
    CalibrationChecks.finite("distortion_coefficients", distortion, distortion.length);
    CalibrationChecks.finite("camera_matrix", camera, 9);
    CalibrationChecks.finite("rectification_matrix", rectification, 9);
    CalibrationChecks.finite("projection_matrix", projection, 12);
    CalibrationChecks.camera(camera);
    CalibrationChecks.rotation(rectification);
    CalibrationChecks.projection(projection);
    this.cameraName = cameraName;
    this.width = width;
    this.height = height;
    this.model = model;
    this.distortion = distortion.clone();
    this.camera = camera.clone();
    this.rectification = rectification.clone();
    this.projection = projection.clone();
    this.lens = lens;
    this.sha256 = hash();
  }

  /** Calibration of the lens; the defaults if the file has none. */
  public LensCalibration lens() {
    return lens;
  }

  /** Name for messages; may be empty. */
  public String cameraName() {
    return cameraName;
  }

  /** Image width at calibration, pixels. */
  public int width() {
    return width;
  }

  /** Image height at calibration, pixels. */
  public int height() {
    return height;
  }

  /** Model that the distortion coefficients belong to. */
  public DistortionModel model() {
    return model;
  }

  /** Distortion coefficients; empty for none. */
  public double[] distortion() {
    return distortion.clone();
  }

  /**
   * Copies the distortion coefficients.
   *
   * @param into returned if it has their number; else a new array is
   */
  public double[] distortionInto(double[] into) {
    if (into.length != distortion.length) {
      return distortion.clone();
    }
    System.arraycopy(distortion, 0, into, 0, distortion.length);
    return into;
  }

  /** K, 3 x 3. */
  public double[] camera() {
    return camera.clone();
  }

  /** R, 3 x 3. */
  public double[] rectification() {
    return rectification.clone();
  }

  /** P, 3 x 4. */
  public double[] projection() {
    return projection.clone();
  }

  /** Returns one element of {@link #projection} without copying. */
  public double projection(int row, int column) {
    return projection[4 * row + column];
  }

  /** Copies K and R, 3 x 3 each. */
  public void copyTo(double[] cameraMatrix, double[] rectificationMatrix) {
    System.arraycopy(camera, 0, cameraMatrix, 0, 9);
    System.arraycopy(rectification, 0, rectificationMatrix, 0, 9);
  }

  /** The upper left 3 x 3 of P: K of the rectified image. */
  public double[] rectifiedCamera() {
    double[] matrix = new double[9];
    for (int row = 0; row < 3; row++) {
      System.arraycopy(projection, 4 * row, matrix, 3 * row, 3);
    }
    return matrix;
  }

  /**
   * Whether rectified images differ from raw ones, that is, whether there is distortion. Images
   * without it are rectified already, whatever R and P, as for image_proc.
   */
  public boolean changesImages() {
    // By this model an image without coefficients is still no perspective view.
    boolean distorted = model == DistortionModel.EQUIDISTANT;
    for (double coefficient : distortion) {
      distorted |= coefficient != 0;
    }
    return distorted;
  }

  /**
   * Whether the matrices describe two different views although there is no distortion that would
   * make them differ: images stay as they are then, and one of the matrices is not theirs.
   */
  public boolean hasTwoViews() {
    return !changesImages()
        && !(Arrays.equals(rectification, IDENTITY) && Arrays.equals(camera, rectifiedCamera()));
  }

  /**
   * Returns this calibration, after checking that its matrices and its size are of one image.
   *
   * @throws IllegalArgumentException if they are not, for example because one is of a binned image
   */
  public CameraCalibration checkedAgainstSize() {
    CalibrationChecks.sameImage(this);
    return this;
  }

  /**
   * Returns what the lens does to the image at each focus, or null if its breathing is unknown.
   *
   * @param rectified for rectified images, else for those of the camera. Distortion is left out of
   *     the change with focus, which is small against the image
   */
  public @Nullable LensWarp lensWarp(boolean rectified) {
    LensBreathing breathing = lens.breathing();
    if (!breathing.isActive()) {
      return null;
    }
    Affine toCamera = new Affine();
    if (rectified) {
      double scaleX = camera[0] / projection[0];
      double scaleY = camera[4] / projection[5];
      toCamera.set(
          scaleX,
          0,
          camera[2] - scaleX * projection[2],
          0,
          scaleY,
          camera[5] - scaleY * projection[6]);
    }
    Affine fromCamera = new Affine().setInverse(toCamera);
    double[] six = new double[6];
    return new LensWarp() {
      @Override
      public double referenceFocus() {
        return breathing.referenceFocus();
      }

      @Override
      public void referenceToImage(double focus, Affine into) {
        breathing.toRaw(focus, six);
        into.set(six[0], six[1], six[2], six[3], six[4], six[5]);
        into.setSequence(toCamera, into);
        into.setSequence(into, fromCamera);
      }
    };
  }

  /**
   * Returns the calibration for images that are cropped to a window and then binned (REP 104).
   *
   * @param left first column of the window, in full resolution
   * @param top first row of the window
   * @param windowWidth columns of the window
   * @param windowHeight rows of the window
   * @param binningX number of columns combined into one, at least 1
   * @param binningY number of rows combined into one, at least 1
   */
  public CameraCalibration windowed(
      int left, int top, int windowWidth, int windowHeight, int binningX, int binningY) {
    double[] k = camera.clone();
    double[] p = projection.clone();
    k[2] -= left;
    k[5] -= top;
    p[2] -= left;
    p[6] -= top;
    for (int column = 0; column < 4; column++) {
      p[column] /= binningX;
      p[4 + column] /= binningY;
      if (column < 3) {
        k[column] /= binningX;
        k[3 + column] /= binningY;
      }
    }
    return new CameraCalibration(
        cameraName,
        windowWidth / binningX,
        windowHeight / binningY,
        model,
        distortion,
        k,
        rectification,
        p,
        lens.mapped(left, top, 1.0 / binningX, 1.0 / binningY));
  }

  /**
   * SHA-256 of all numbers and the model, lower-case hexadecimal: equal for equal calibrations,
   * whether read from a file or received as a message.
   */
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CameraCalibration calibration && calibration.sha256.equals(sha256);
  }

  @Override
  public int hashCode() {
    return sha256.hashCode();
  }

  @Override
  public String toString() {
    return "calibration "
        + (cameraName.isEmpty() ? "" : "of " + cameraName + " ")
        + "for "
        + width
        + " x "
        + height;
  }

  private String hash() {
    MessageDigest digest = Sha256.newDigest();
    digest.update(model.key().getBytes(StandardCharsets.US_ASCII));
    update(digest, width, height);
    update(digest, distortion);
    update(digest, camera);
    update(digest, rectification);
    update(digest, projection);
    update(digest, lens.powerGain(), lens.powerOffset(), lens.depthOffsetMetres());
    updateLens(digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Leaves out what is not set, so that files without it keep their hashes. */
  private void updateLens(MessageDigest digest) {
    LensBreathing breathing = lens.breathing();
    // The reference focus alone says at which focus K holds: part of the calibration as well.
    if (breathing.isActive() || breathing.referenceFocus() != 0) {
      digest.update((byte) 'b');
      update(
          digest,
          breathing.referenceFocus(),
          breathing.scalePerDioptre(),
          breathing.scalePerSquaredDioptre(),
          breathing.shiftXPerDioptre(),
          breathing.shiftYPerDioptre());
    }
    LensTiming timing = lens.timing();
    if (!timing.equals(LensTiming.NONE)) {
      digest.update((byte) 't');
      update(
          digest,
          timing.lagUpSeconds(),
          timing.lagDownSeconds(),
          timing.clockOffsetSeconds(),
          timing.hysteresisDioptres());
    }
    LensDrift drift = lens.drift();
    if (drift.dioptresPerDegree() != 0) {
      digest.update((byte) 'd');
      update(digest, drift.dioptresPerDegree(), drift.referenceCelsius());
    }
  }

  private static void update(MessageDigest digest, double... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 8 * numbers.length).putInt(numbers.length);
    for (double number : numbers) {
      bytes.putDouble(number + 0.0); // -0.0 becomes 0.0
    }
    digest.update(bytes.array());
  }
}
