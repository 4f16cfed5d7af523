package io.github.rackfocus.rosnode;

import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;

/** Messages for tests. */
final class TestMessages {
  private TestMessages() {}

  /** A mono8 image whose pixel i has luma {@code base + i}. */
  static Image mono8(int width, int height, long stampNanos, int base) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (base + i);
    }
    return image("mono8", width, height, width, pixels, stampNanos);
  }

  static Image image(
      String encoding, int width, int height, int step, byte[] data, long stampNanos) {
    Image image = new Image();
    image.header.stampNanos = stampNanos;
    image.header.frameId = "lens_optical_frame";
    image.encoding = encoding;
    image.width = width;
    image.height = height;
    image.step = step;
    image.data = ByteBuffer.wrap(data);
    return image;
  }

  /** A PNG of one luma, by Java's own encoder. */
  static CompressedImage png(int width, int height, long stampNanos, int luma) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < width * height; i++) {
      image.getRaster().setSample(i % width, i / width, 0, luma);
    }
    return packed(image, "png", "mono8; png compressed ", stampNanos);
  }

  static CompressedImage packed(BufferedImage image, String codec, String format, long stampNanos)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, codec, bytes)) {
      throw new IOException("no encoder for " + codec);
    }
    CompressedImage message = new CompressedImage();
    message.header.stampNanos = stampNanos;
    message.format = format;
    message.data = ByteBuffer.wrap(bytes.toByteArray());
    return message;
  }

  static LensState lensState(long stampNanos, double focus) {
    LensState state = new LensState();
    state.header.stampNanos = stampNanos;
    state.focusDioptres = focus;
    state.lensPowerDioptres = focus;
    state.temperatureCelsius = 31.5f;
    state.settled = true;
    state.sweepId = 7;
    state.planeIndex = 65535;
    return state;
  }

  /** A camera with radial distortion, whose rectified focal length differs by a tenth. */
  static CameraInfo cameraInfo(int width, int height, double k1) {
    CameraInfo info = new CameraInfo();
    info.width = width;
    info.height = height;
    info.distortionModel = "plumb_bob";
    info.d = new double[] {k1, 0, 0, 0, 0};
    double focal = width;
    info.k = new double[] {focal, 0, (width - 1) / 2.0, 0, focal, (height - 1) / 2.0, 0, 0, 1};
    info.r = new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1};
    info.p =
        new double[] {
          1.1 * focal, 0, (width - 1) / 2.0, 0, 0, 1.1 * focal, (height - 1) / 2.0, 0, 0, 0, 1, 0
        };
    return info;
  }
}
