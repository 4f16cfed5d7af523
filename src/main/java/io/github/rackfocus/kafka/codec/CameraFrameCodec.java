package io.github.rackfocus.kafka.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.kafka.codec.RejectedFrameException.Cause;
import io.github.rackfocus.sink.Png;
import io.github.rackfocus.v1.CameraFrame;
import io.github.rackfocus.v1.CameraPose;
import io.github.rackfocus.v1.ImageEncoding;
import io.github.rackfocus.v1.Intrinsics;
import io.github.rackfocus.v1.LensReading;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Converts camera frames to {@code CameraFrame} messages and back. Luma and focus reading are
 * lossless; colour is dropped. Immutable, thread-safe.
 */
public final class CameraFrameCodec {
  /** The fastest level: latency matters more than size, and sensor noise does not compress. */
  private static final int ZSTD_LEVEL = 1;

  private final CameraFrame sweep;
  private final ImagePacking packing;

  /**
   * @param scale unit of the focus values
   * @param planeFocus nominal focus of the planes of a sweep, far to near
   * @param depthOffsetMetres added to every depth
   */
  public CameraFrameCodec(
      FocusScale scale, double[] planeFocus, double depthOffsetMetres, ImagePacking packing) {
    CameraFrame.Builder frame =
        CameraFrame.newBuilder().setDepthOffsetM(depthOffsetMetres).setScale(scaleOf(scale));
    for (double focus : planeFocus) {
      frame.addPlaneFocus(focus);
    }
    this.sweep = frame.build();
    this.packing = packing;
  }

  /**
   * Encodes a sealed frame with its focus reading; does not keep a reference to it.
   *
   * @param identity the camera's current identity
   * @throws IllegalArgumentException if its focus is unknown
   */
  public CameraFrame encode(Frame frame, CameraIdentity identity) {
    if (!frame.focus().isKnown()) {
      throw new IllegalArgumentException(frame + " has no focus reading");
    }
    byte[] luma = new byte[frame.pixels()];
    frame.luma().get(0, luma);
    CameraFrame.Builder message =
        sweep.toBuilder()
            .setRobot(identity.robot())
            .setCamera(identity.camera())
            .setFrameId(identity.view().frameId())
            .setCalibrationSha256(identity.view().calibrationSha256())
            .setSequence(frame.sequence())
            .setStampNs(frame.stampNanos())
            .setWidth(frame.width())
            .setHeight(frame.height())
            .setLens(lens(frame.focus()));
    GeometryMessages.intrinsics(identity).ifPresent(message::setIntrinsics);
    GeometryMessages.pose(identity).ifPresent(message::setPose);
    switch (packing) {
      case PNG ->
          message
              .setEncoding(ImageEncoding.IMAGE_ENCODING_PNG8)
              .setLuma(wrap(Png.encode8(frame.width(), frame.height(), luma)));
      case ZSTD -> {
        NativeLibraries.prepareZstd();
        message
            .setEncoding(ImageEncoding.IMAGE_ENCODING_ZSTD8)
            .setLuma(wrap(Zstd.compress(luma, ZSTD_LEVEL)));
      }
    }
    return message.build();
  }

  /**
   * Parses a record's value and checks everything except the pixels.
   *
   * @param maxPixels size of the largest accepted image
   * @throws RejectedFrameException if the frame is invalid; the message says why. No memory is
   *     allocated for the sizes it claims
   */
  public static ReceivedFrame parse(byte[] value, int maxPixels) throws RejectedFrameException {
    CameraFrame frame;
    try {
      frame = CameraFrame.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(value.length + " bytes are not a CameraFrame: " + e.getMessage(), e);
    }
    long pixels = (long) frame.getWidth() * frame.getHeight();
    // uint32 in the schema but int in Java: a larger number is negative here.
    if (frame.getWidth() <= 0 || frame.getHeight() <= 0) {
      throw malformed("image is " + size(frame) + "; expected at least 1 x 1", null);
    }
    if (pixels > Math.min(maxPixels, FramePool.MAX_PIXELS)) {
      throw new RejectedFrameException(
          Cause.OVERSIZE,
          "image is " + size(frame) + "; expected at most " + maxPixels + " pixels");
    }
    if (frame.getPlaneFocusCount() == 0) {
      throw malformed("planes of the sweep are missing", null);
    }
    if (!frame.hasLens() || !Double.isFinite(frame.getLens().getFocus())) {
      throw malformed("focus reading is missing or not finite", null);
    }
    if (!Double.isFinite(frame.getDepthOffsetM())) {
      throw malformed(
          "depth offset is " + frame.getDepthOffsetM() + "; expected a finite number", null);
    }
    try {
      return new ReceivedFrame(
          frame,
          identity(frame),
          scaleOf(frame.getScale()),
          frame.getPlaneFocusList().stream().mapToDouble(Double::doubleValue).toArray());
    } catch (IllegalArgumentException e) {
      throw malformed(e.getMessage(), e);
    }
  }

  /** Unpacks the pixels of a frame whose size was checked. */
  static byte[] luma(CameraFrame frame) throws RejectedFrameException {
    try {
      return switch (frame.getEncoding()) {
        case IMAGE_ENCODING_PNG8 ->
            Png.decode8(frame.getLuma().toByteArray(), frame.getWidth(), frame.getHeight());
        case IMAGE_ENCODING_ZSTD8 -> unzstd(frame);
        default ->
            throw malformed(
                "encoding is " + frame.getEncodingValue() + "; expected PNG8 (1) or ZSTD8 (2)",
                null);
      };
    } catch (RejectedFrameException e) {
      throw e;
    } catch (IOException e) {
      throw malformed("image cannot be decoded: " + e.getMessage(), e);
    }
  }

  private static byte[] unzstd(CameraFrame frame) throws IOException {
    byte[] luma = new byte[frame.getWidth() * frame.getHeight()];
    byte[] packed = frame.getLuma().toByteArray();
    NativeLibraries.prepareZstd();
    long bytes;
    try {
      bytes = Zstd.decompressByteArray(luma, 0, luma.length, packed, 0, packed.length);
    } catch (ZstdException e) {
      throw new IOException("Zstandard: " + e.getMessage(), e);
    }
    if (bytes != luma.length) {
      throw new IOException(
          "Zstandard frame has "
              + bytes
              + " bytes; expected "
              + luma.length
              + " for "
              + size(frame));
    }
    return luma;
  }

  private static RejectedFrameException malformed(
      @Nullable String message, @Nullable Exception cause) {
    String text = message == null ? "frame is malformed" : message;
    return cause == null
        ? new RejectedFrameException(Cause.MALFORMED, text)
        : new RejectedFrameException(Cause.MALFORMED, text, cause);
  }

  private static String size(CameraFrame frame) {
    return Integer.toUnsignedString(frame.getWidth())
        + " x "
        + Integer.toUnsignedString(frame.getHeight());
  }

  private static LensReading lens(FocusReading reading) {
    LensReading.Builder lens =
        LensReading.newBuilder()
            .setFocus(reading.focus())
            .setSettled(reading.settled())
            .setDirection(reading.direction());
    if (!Double.isNaN(reading.lensPowerDioptres())) {
      lens.setLensPowerDpt(reading.lensPowerDioptres());
    }
    if (!Float.isNaN(reading.temperatureCelsius())) {
      lens.setTemperatureC(reading.temperatureCelsius());
    }
    return lens.build();
  }

  static FocusReading reading(LensReading lens) {
    return new FocusReading(
        lens.getFocus(),
        lens.hasLensPowerDpt() ? lens.getLensPowerDpt() : Double.NaN,
        lens.getSettled(),
        lens.hasTemperatureC() ? lens.getTemperatureC() : Float.NaN,
        lens.getDirection());
  }

  private static CameraIdentity identity(CameraFrame frame) {
    return new CameraIdentity(
        frame.getRobot(),
        frame.getCamera(),
        new CameraView(
            frame.getFrameId(),
            frame.hasIntrinsics() ? intrinsics(frame.getIntrinsics()) : null,
            frame.getCalibrationSha256()),
        frame.hasPose() ? pose(frame.getPose()) : null);
  }

  private static CameraView.PinholeIntrinsics intrinsics(Intrinsics of) {
    return new CameraView.PinholeIntrinsics(
        of.getWidth(), of.getHeight(), of.getFx(), of.getFy(), of.getCx(), of.getCy());
  }

  private static CameraIdentity.FixedPose pose(CameraPose of) {
    return new CameraIdentity.FixedPose(
        of.getParentFrameId(),
        of.getXM(),
        of.getYM(),
        of.getZM(),
        of.getQx(),
        of.getQy(),
        of.getQz(),
        of.getQw());
  }

  private static io.github.rackfocus.v1.FocusScale scaleOf(FocusScale scale) {
    return switch (scale) {
      case DIOPTRE -> io.github.rackfocus.v1.FocusScale.FOCUS_SCALE_DIOPTRE;
      case INDEX_FAR_FIRST -> io.github.rackfocus.v1.FocusScale.FOCUS_SCALE_INDEX_FAR_FIRST;
      case INDEX_NEAR_FIRST -> io.github.rackfocus.v1.FocusScale.FOCUS_SCALE_INDEX_NEAR_FIRST;
    };
  }

  private static FocusScale scaleOf(io.github.rackfocus.v1.FocusScale scale) {
    return switch (scale) {
      case FOCUS_SCALE_DIOPTRE -> FocusScale.DIOPTRE;
      case FOCUS_SCALE_INDEX_FAR_FIRST -> FocusScale.INDEX_FAR_FIRST;
      case FOCUS_SCALE_INDEX_NEAR_FIRST -> FocusScale.INDEX_NEAR_FIRST;
      default -> throw new IllegalArgumentException("focus scale is unknown");
    };
  }

  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
