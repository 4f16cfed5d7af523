package io.github.rackfocus.kafka.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sink.DepthEncoding16;
import io.github.rackfocus.sink.MapImages;
import io.github.rackfocus.sink.Png;
import io.github.rackfocus.sink.PngEncoder;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Encoding;
import io.github.rackfocus.v1.FocusScale;
import io.github.rackfocus.v1.FocusSweep;
import io.github.rackfocus.v1.Registration;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.Function;

/**
 * Converts depth maps to {@code DepthFrame} messages and back.
 *
 * <p>Equal maps give equal bytes. Validity and special depths are lossless; other values are exact
 * to half a unit (see {@link DepthEncoding16}).
 *
 * <p>Encoding reuses memory: apart from its bytes, a record of the same size as the last one
 * allocates at most 32 kB, which a test checks. Encoding is not thread-safe; decoding is.
 */
public final class DepthFrameCodec {
  /** Fine compared to any sweep, and up to a minute in 16 bits. */
  private static final double AGE_UNIT_SECONDS = 0.001;

  private static final int MAX_CODE = 0xffff;

  private final Function<DepthMap, CameraIdentity> cameras;
  private final DepthPacking packing;
  private final boolean withUncertainty;
  private final boolean withAge;
  private final PackedImage depth = new PackedImage();
  private final PackedImage uncertainty = new PackedImage();
  private final PackedImage age = new PackedImage();
  private final PngEncoder validity = new PngEncoder();
  private short[] codes = new short[0];
  private byte[] validityCodes = new byte[0];

  /**
   * @param withUncertainty whether frames contain the uncertainty, which about doubles their size
   * @param withAge whether frames contain the age of each pixel
   */
  public DepthFrameCodec(
      CameraIdentity identity, DepthPacking packing, boolean withUncertainty, boolean withAge) {
    this(map -> identity, packing, withUncertainty, withAge);
  }

  /**
   * @param cameras the camera's current identity for a map
   */
  public DepthFrameCodec(
      Function<DepthMap, CameraIdentity> cameras,
      DepthPacking packing,
      boolean withUncertainty,
      boolean withAge) {
    this.cameras = cameras;
    this.packing = packing;
    this.withUncertainty = withUncertainty;
    this.withAge = withAge;
  }

  /**
   * Encodes a map without keeping a reference to it. The frame shares this codec's memory: convert
   * it to bytes before encoding the next map.
   */
  public DepthFrame encode(DepthMap map) {
    DepthInfo info = map.info();
    CameraIdentity identity = cameras.apply(map);
    DepthEncoding16 encoding = DepthEncoding16.of(info);
    DepthFrame.Builder frame =
        DepthFrame.newBuilder()
            .setRobot(identity.robot())
            .setCamera(identity.camera())
            .setSequence(info.sequence())
            .setStampNs(info.stampNanos())
            .setOldestStampNs(info.oldestStampNanos())
            .setNewestStampNs(info.stampNanos())
            .setFrameId(identity.view().frameId())
            .setCalibrationSha256(identity.view().calibrationSha256())
            .setSweep(sweep(info))
            .setWidth(map.width())
            .setHeight(map.height())
            .setEncoding(
                packing == DepthPacking.PNG16 ? Encoding.ENCODING_PNG16 : Encoding.ENCODING_RAW16)
            .setUnitM(encoding.unit())
            .setDepth(pack(map, map.depth(), encoding, depth))
            .setValidity(packValidity(map))
            .setValidShare((float) info.validShare())
            .setIterations(info.iterations())
            .setRegistration(registration(info))
            .setFilter(info.filter().key())
            .setExecutionProvider(info.executionProvider())
            .setModel(ModelMessages.of(info.model()));
    for (Validity each : Validity.values()) {
      frame.addValidityCounts(info.count(each));
    }
    if (withUncertainty) {
      // A finer step than that of the depth would carry no information.
      frame.setUncertainty(pack(map, map.uncertainty(), encoding, uncertainty));
      frame.setUncertaintyUnitM(encoding.unit());
    }
    if (withAge) {
      frame.setAge(packAge(map)).setAgeUnitS(AGE_UNIT_SECONDS);
    }
    setAges(frame, map);
    GeometryMessages.intrinsics(identity).ifPresent(frame::setIntrinsics);
    GeometryMessages.pose(identity).ifPresent(frame::setPose);
    return frame.build();
  }

  /**
   * Parses and decodes the value of a record.
   *
   * @throws IOException if the bytes are not a valid frame; the message says why
   */
  public static DepthPixels decode(byte[] value) throws IOException {
    return decode(DepthFrame.parseFrom(value));
  }

  /**
   * Decodes the pixels of a frame.
   *
   * @throws IOException if the frame is invalid; the message says why. Sizes are checked before
   *     memory is allocated
   */
  public static DepthPixels decode(DepthFrame frame) throws IOException {
    int width = frame.getWidth();
    int height = frame.getHeight();
    try {
      FramePool.checkSize(width, height);
      float[] depth = unpack(frame, frame.getDepth(), new DepthEncoding16(frame.getUnitM()));
      float[] uncertainty =
          frame.getUncertainty().isEmpty()
              ? null
              : unpack(
                  frame, frame.getUncertainty(), new DepthEncoding16(frame.getUncertaintyUnitM()));
      float[] age = frame.getAge().isEmpty() ? null : ages(frame);
      byte[] validity = Png.decode8(frame.getValidity().toByteArray(), width, height);
      for (byte code : validity) {
        Validity.of(code & 0xff);
      }
      return new DepthPixels(width, height, depth, uncertainty, age, validity);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("depth frame " + nameOf(frame) + ": " + e.getMessage(), e);
    }
  }

  private static String nameOf(DepthFrame frame) {
    return frame.getRobot()
        + "/"
        + frame.getCamera()
        + " "
        + frame.getStampNs()
        + "-"
        + frame.getSequence();
  }

  private ByteString pack(
      DepthMap map, FloatBuffer layer, DepthEncoding16 encoding, PackedImage into) {
    fitCodes(map);
    MapImages.codes(layer, encoding, codes);
    return into.pack(map.width(), map.height(), codes, packing);
  }

  private ByteString packAge(DepthMap map) {
    fitCodes(map);
    for (int i = 0; i < map.pixels(); i++) {
      double steps = map.age().get(i) / AGE_UNIT_SECONDS;
      codes[i] = (short) (steps >= 0 ? Math.min(MAX_CODE, Math.round(steps)) : MAX_CODE);
    }
    return age.pack(map.width(), map.height(), codes, packing);
  }

  private ByteString packValidity(DepthMap map) {
    if (validityCodes.length != map.pixels()) {
      validityCodes = new byte[map.pixels()];
    }
    map.validity().get(0, validityCodes);
    int length = validity.encode8(map.width(), map.height(), validityCodes);
    return UnsafeByteOperations.unsafeWrap(validity.bytes(), 0, length);
  }

  private void fitCodes(DepthMap map) {
    if (codes.length != map.pixels()) {
      codes = new short[map.pixels()];
    }
  }

  private static float[] unpack(DepthFrame frame, ByteString packed, DepthEncoding16 encoding)
      throws IOException {
    short[] found = codes(frame, packed);
    float[] values = new float[found.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = encoding.decode(found[i] & MAX_CODE);
    }
    return values;
  }

  private static float[] ages(DepthFrame frame) throws IOException {
    short[] found = codes(frame, frame.getAge());
    float[] seconds = new float[found.length];
    for (int i = 0; i < seconds.length; i++) {
      int steps = found[i] & MAX_CODE;
      seconds[i] =
          steps == MAX_CODE ? Float.POSITIVE_INFINITY : (float) (steps * frame.getAgeUnitS());
    }
    return seconds;
  }

  private static short[] codes(DepthFrame frame, ByteString packed) throws IOException {
    int width = frame.getWidth();
    int height = frame.getHeight();
    return switch (frame.getEncoding()) {
      case ENCODING_PNG16 -> Png.decode16(packed.toByteArray(), width, height);
      case ENCODING_RAW16 -> raw(packed, width * height);
      default ->
          throw new IOException(
              "encoding is " + frame.getEncodingValue() + "; expected PNG16 (1) or RAW16 (2)");
    };
  }

  private static short[] raw(ByteString packed, int pixels) throws IOException {
    if (packed.size() != 2L * pixels) {
      throw new IOException("raw codes have " + packed.size() + " bytes; expected " + 2L * pixels);
    }
    short[] codes = new short[pixels];
    packed.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(codes);
    return codes;
  }

  /** The unit of a sweep's focus values. */
  static FocusScale scale(DepthInfo info) {
    return switch (info.scale()) {
      case DIOPTRE -> FocusScale.FOCUS_SCALE_DIOPTRE;
      case INDEX_FAR_FIRST -> FocusScale.FOCUS_SCALE_INDEX_FAR_FIRST;
      case INDEX_NEAR_FIRST -> FocusScale.FOCUS_SCALE_INDEX_NEAR_FIRST;
    };
  }

  private static Registration registration(DepthInfo info) {
    Registration.Builder registration =
        Registration.newBuilder()
            .setMode(info.registration().key())
            .setMotionPx((float) info.motionPixels())
            .setMotionTrust((float) info.motionTrust())
            .setKeyframeStampNs(info.keyframeStampNanos());
    if (!Double.isNaN(info.referenceFocus())) {
      registration.setReferenceFocusDioptres(info.referenceFocus());
    }
    return registration.build();
  }

  private static FocusSweep sweep(DepthInfo info) {
    FocusSweep.Builder sweep =
        FocusSweep.newBuilder()
            .setScale(scale(info))
            .setPlanesMissing(info.planesMissing())
            .setReferencePlane(info.referencePlane())
            .setNearestDepthM(info.nearestDepth())
            .setFarthestDepthM(info.farthestDepth());
    for (int plane = 0; plane < info.planes(); plane++) {
      sweep.addPlaneFocus(info.planeFocus(plane));
      sweep.addPlaneStampNs(info.planeStampNanos(plane));
    }
    return sweep.build();
  }

  private static void setAges(DepthFrame.Builder frame, DepthMap map) {
    float youngest = Float.POSITIVE_INFINITY;
    float oldest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < map.pixels(); i++) {
      if (map.validity().get(i) == Validity.VALID.code()) {
        youngest = Math.min(youngest, map.age().get(i));
        oldest = Math.max(oldest, map.age().get(i));
      }
    }
    if (youngest <= oldest) {
      frame.setYoungestAgeS(youngest).setOldestAgeS(oldest);
    }
  }
}
