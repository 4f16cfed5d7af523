package io.github.rackfocus.onnx;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.github.rackfocus.depth.DepthException;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory that stacks of one size take, checked before any of it is taken: ONNX Runtime would be
 * killed by the system rather than fail.
 *
 * <p>What graphs hold between their layers is not known in advance. Resident memory of {@code
 * proximal} and {@code ddl-gru} from 0.75 to 12 megapixels and 3 to 10 planes grows by at most 300
 * bytes a pixel and 30 more for each plane (docs/performance.md).
 */
final class MemoryNeed {
  private static final long BYTES_PER_PIXEL = 300;
  private static final long BYTES_PER_PIXEL_OF_PLANE = 30;

  /** With its graphs a plane cache takes 2.4 times what it keeps, for ten planes of proximal. */
  private static final int SHARE_OF_PARTS = 3;

  /** Four padded outputs and a depth map, both direct. */
  private static final long DIRECT_BYTES_PER_PIXEL = 16 + 29;

  /** RGB of an all-in-focus image. */
  private static final long COLOUR_BYTES_PER_PIXEL = 3;

  /** RGB of a frame and of its warp. */
  private static final long COLOUR_BYTES_PER_PIXEL_OF_PLANE = 6;

  private MemoryNeed() {}

  /**
   * Memory that is left.
   *
   * @param systemBytes of the machine or container; {@code Long.MAX_VALUE} if not known
   * @param directBytes of the limit of this JVM's direct memory
   */
  record Left(long systemBytes, long directBytes) {
    /** Returns what is left now. */
    static Left now() {
      return new Left(system(), direct());
    }

    private static long system() {
      long host = hostAvailable();
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      // In a container the total is its limit. What is free of it lacks the caches.
      return host == Long.MAX_VALUE ? host : Math.min(host, system.getTotalMemorySize());
    }

    private static long hostAvailable() {
      try {
        List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
        for (String line : lines) {
          if (line.startsWith("MemAvailable:")) {
            return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
          }
        }
      } catch (IOException | NumberFormatException e) {
        return Long.MAX_VALUE; // Not Linux.
      }
      return Long.MAX_VALUE;
    }

    private static long direct() {
      HotSpotDiagnosticMXBean options =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      long limit = Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
      long used = 0;
      for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
        used += pool.getName().equals("direct") ? pool.getTotalCapacity() : 0;
      }
      return (limit > 0 ? limit : Runtime.getRuntime().maxMemory()) - used;
    }
  }

  /**
   * Checks that there is room for the tensors of a size.
   *
   * @param what the model and the stack, for the message
   * @param pixels of a padded image
   * @param featureBytes of all planes
   * @param partBytes what a plane cache keeps, without the features
   * @param inColour whether frames have colour; those of the stack are there already
   * @param onHost whether the graphs run on the CPU
   * @throws DepthException with what is needed, what is left and what helps
   */
  static void check(
      String what,
      int planes,
      long pixels,
      long featureBytes,
      long partBytes,
      boolean inColour,
      boolean onHost,
      Left left) {
    long direct =
        (Float.BYTES * (long) planes + DIRECT_BYTES_PER_PIXEL) * pixels
            + (inColour ? COLOUR_BYTES_PER_PIXEL * pixels : 0)
            + featureBytes
            + partBytes;
    if (direct > left.directBytes()) {
      throw new DepthException(
          what
              + " need "
              + mebibytes(direct)
              + " MiB of direct memory; "
              + mebibytes(left.directBytes())
              + " MiB are left of the JVM's limit. Use smaller or binned images or fewer planes, or"
              + " raise -Xmx (JAVA_OPTS) or -XX:MaxDirectMemorySize");
    }
    long colour =
        inColour ? pixels * (COLOUR_BYTES_PER_PIXEL + COLOUR_BYTES_PER_PIXEL_OF_PLANE * planes) : 0;
    long all =
        onHost
            ? pixels * (BYTES_PER_PIXEL + BYTES_PER_PIXEL_OF_PLANE * planes)
                + colour
                + SHARE_OF_PARTS * partBytes
            : direct;
    if (all > left.systemBytes()) {
      throw new DepthException(
          what
              + " need about "
              + mebibytes(all)
              + " MiB; "
              + mebibytes(left.systemBytes())
              + " MiB are available. Use smaller or binned images or fewer planes, or free memory");
    }
  }

  private static long mebibytes(long bytes) {
    return Math.max(0, bytes) >> 20;
  }
}
