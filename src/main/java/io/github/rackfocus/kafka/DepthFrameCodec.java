package io.github.rackfocus.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sink.DepthEncoding16;
import io.github.rackfocus.sink.MapImages;
import io.github.rackfocus.sink.Png;
import io.github.rackfocus.v1.CameraPose;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Encoding;
import io.github.rackfocus.v1.FocusScale;
import io.github.rackfocus.v1.FocusSweep;
import io.github.rackfocus.v1.Intrinsics;
import io.github.rackfocus.v1.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Depth maps to {@code DepthFrame} messages and back.
 *
 * <p>Equal maps give equal bytes. Decoding gives back the validity as it was, special depths as
 * they were, and numbers within half a unit (see {@link DepthEncoding16}). Immutable, thread-safe.
 */
public final class DepthFrameCodec {
  private final CameraIdentity identity;
  private final DepthPacking packing;
  private final boolean withUncertainty;

  /**
   * @param withUncertainty whether frames carry the uncertainty, which about doubles their size
   */
  public DepthFrameCodec(CameraIdentity identity, DepthPacking packing, boolean withUncertainty) {
    this.identity = identity;
    this.packing = packing;
    this.withUncertainty = withUncertainty;
  }

  /** Encodes a map, of which nothing is kept. */
  public DepthFrame encode(DepthMap map) {
    DepthInfo info = map.info();
    DepthEncoding16 encoding = DepthEncoding16.of(info);
    DepthFrame.Builder frame =
        DepthFrame.newBuilder()
            .setRobot(identity.robot())
            .setCamera(identity.camera())
            .setSequence(info.sequence())
            .setStampNs(info.stampNanos())
            .setOldestStampNs(info.oldestStampNanos())
            .setNewestStampNs(info.stampNanos())
            .setFrameId(identity.frameId())
            .setCalibrationSha256(identity.calibrationSha256())
            .setSweep(sweep(info))
            .setWidth(map.width())
            .setHeight(map.height())
            .setEncoding(
                packing == DepthPacking.PNG16 ? Encoding.ENCODING_PNG16 : Encoding.ENCODING_RAW16)
            .setUnitM(encoding.unit())
            .setDepth(pack(map, map.depth(), encoding))
            .setValidity(wrap(Png.encode8(map.width(), map.height(), MapImages.validity(map))))
            .setValidShare((float) info.validShare())
            .setIterations(info.iterations())
            .setExecutionProvider(info.executionProvider())
            .setModel(
                Model.newBuilder()
                    .setName(info.model().name())
                    .setVersion(info.model().version())
                    .setSha256(info.model().sha256()));
    for (Validity validity : Validity.values()) {
      frame.addValidityCounts(info.count(validity));
    }
    if (withUncertainty) {
      // A sigma finer than a step of the depth it judges would tell nothing.
      frame.setUncertainty(pack(map, map.uncertainty(), encoding));
      frame.setUncertaintyUnitM(encoding.unit());
    }
    setAges(frame, map);
    setGeometry(frame);
    return frame.build();
  }

  /**
   * Parses and decodes the value of a record.
   *
   * @throws IOException saying what is wrong with the bytes
   */
  public static DepthPixels decode(byte[] value) throws IOException {
    return decode(DepthFrame.parseFrom(value));
  }

  /**
   * Decodes the pixels of a frame.
   *
   * @throws IOException saying what is wrong with the frame; sizes are checked before memory is
   *     taken
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
      byte[] validity = Png.decode8(frame.getValidity().toByteArray(), width, height);
      return new DepthPixels(width, height, depth, uncertainty, validity);
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

  private ByteString pack(DepthMap map, FloatBuffer plane, DepthEncoding16 encoding) {
    short[] codes = MapImages.codes(plane, encoding);
    if (packing == DepthPacking.PNG16) {
      return wrap(Png.encode16(map.width(), map.height(), codes));
    }
    byte[] raw = new byte[2 * codes.length];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(codes);
    return wrap(raw);
  }

  private static float[] unpack(DepthFrame frame, ByteString packed, DepthEncoding16 encoding)
      throws IOException {
    int pixels = frame.getWidth() * frame.getHeight();
    short[] codes =
        switch (frame.getEncoding()) {
          case ENCODING_PNG16 ->
              Png.decode16(packed.toByteArray(), frame.getWidth(), frame.getHeight());
          case ENCODING_RAW16 -> raw(packed, pixels);
          default ->
              throw new IOException(
                  "encoding is " + frame.getEncodingValue() + "; expected PNG16 (1) or RAW16 (2)");
        };
    float[] values = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      values[i] = encoding.decode(codes[i] & 0xffff);
    }
    return values;
  }

  private static short[] raw(ByteString packed, int pixels) throws IOException {
    if (packed.size() != 2L * pixels) {
      throw new IOException(
          "found " + packed.size() + " bytes of raw codes; expected " + 2L * pixels);
    }
    short[] codes = new short[pixels];
    packed.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(codes);
    return codes;
  }

  private static FocusSweep sweep(DepthInfo info) {
    FocusSweep.Builder sweep =
        FocusSweep.newBuilder()
            .setScale(
                switch (info.scale()) {
                  case DIOPTRE -> FocusScale.FOCUS_SCALE_DIOPTRE;
                  case INDEX_FAR_FIRST -> FocusScale.FOCUS_SCALE_INDEX_FAR_FIRST;
                  case INDEX_NEAR_FIRST -> FocusScale.FOCUS_SCALE_INDEX_NEAR_FIRST;
                })
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

  private void setGeometry(DepthFrame.Builder frame) {
    CameraIdentity.@Nullable PinholeIntrinsics pinhole = identity.intrinsics();
    if (pinhole != null) {
      frame.setIntrinsics(
          Intrinsics.newBuilder()
              .setWidth(pinhole.width())
              .setHeight(pinhole.height())
              .setFx(pinhole.fx())
              .setFy(pinhole.fy())
              .setCx(pinhole.cx())
              .setCy(pinhole.cy()));
    }
    CameraIdentity.@Nullable FixedPose pose = identity.pose();
    if (pose != null) {
      frame.setPose(
          CameraPose.newBuilder()
              .setParentFrameId(pose.parentFrameId())
              .setXM(pose.xMetres())
              .setYM(pose.yMetres())
              .setZM(pose.zMetres())
              .setQx(pose.qx())
              .setQy(pose.qy())
              .setQz(pose.qz())
              .setQw(pose.qw()));
    }
  }

  /** Without a copy: nobody writes to the array afterwards. */
  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
