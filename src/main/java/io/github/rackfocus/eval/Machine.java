package io.github.rackfocus.eval;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What figures were measured on: processor, versions, load; and the process's memory. */
public final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path STATUS = Path.of("/proc/self/status");

  private Machine() {}

  /** The processor's name, as the kernel says it. */
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

  /** Processes that wanted a processor in the last minute; negative where nobody counts them. */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Resident memory of this process, bytes; 0 where the kernel does not say. */
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

  /** Direct memory of this process that Java knows of, bytes. */
  public static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /**
   * As it is reported.
   *
   * @param versions of libraries, by name
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
