package io.github.rackfocus.eval;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Describes the machine of a measurement and the memory of this process. */
public final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path STATUS = Path.of("/proc/self/status");

  private Machine() {}

  /** Returns the name of the processor, or {@code unknown}. */
  public static String processor() {
    if (!Files.isReadable(CPU)) {
      return "unknown";
    }
    try (Stream<String> lines = Files.lines(CPU)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown (" + e.getMessage() + ")";
    }
  }

  /** Returns the load average of the last minute; negative if the platform has none. */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Returns the resident memory of this process in bytes; 0 if unknown. */
  public static long residentBytes() {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns the size of all direct buffers of this process in bytes. */
  public static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /**
   * Returns the description as JSON keys and values.
   *
   * @param versions versions of libraries, by name
   */
  static Map<String, Object> tree(Map<String, String> versions) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("processor", processor());
    tree.put("processors", Runtime.getRuntime().availableProcessors());
    tree.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    tree.put("architecture", System.getProperty("os.arch"));
    tree.put("java", System.getProperty("java.runtime.version"));
    tree.put("maxHeapBytes", Runtime.getRuntime().maxMemory());
    tree.put("load", load());
    tree.putAll(versions);
    return tree;
  }
}
