package io.github.rackfocus.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders for unpacked native libraries: the user's cache, and where that cannot be used a private
 * folder below the temporary one.
 *
 * <p>Folders are named after the checksums of their libraries and files appear in them by renaming,
 * so that several JVMs may start at the same time and versions may exist side by side.
 */
final class NativeCache {
  static final String VARIABLE = "RACKFOCUS_CACHE";

  private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);
  private static final String ADVICE =
      "; set " + VARIABLE + " to a writable folder that is not mounted with noexec";

  private NativeCache() {}

  /**
   * Returns the user's cache, writable or not: {@code $RACKFOCUS_CACHE}, else {@code
   * $XDG_CACHE_HOME/rackfocus}, else {@code ~/.cache/rackfocus}.
   *
   * @param home Java's {@code user.home}: '?' for a user without an entry in the password file
   * @return null for a user without a home
   */
  static @Nullable Path chosen(Map<String, String> environment, @Nullable String home) {
    String own = environment.getOrDefault(VARIABLE, "");
    if (!own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The XDG specification requires relative paths to be ignored.
    if (!xdg.isBlank() && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg, "rackfocus");
    }
    if (home == null || home.isBlank()) {
      return null;
    }
    Path folder = Path.of(home);
    // A home that is absent is not created: it would be a folder in the name of somebody else.
    return folder.isAbsolute() && folder.getNameCount() > 0 && Files.isDirectory(folder)
        ? folder.resolve(".cache").resolve("rackfocus")
        : null;
  }

  /**
   * Unpacks libraries into the first usable folder, and says so if that is not the user's cache.
   *
   * @param chosen the user's cache, null if there is none
   * @param temporary where else to unpack
   * @return the folder, with all of them complete and executable
   * @throws NativeLibraryException if no folder can be used
   */
  static Path unpack(
      @Nullable Path chosen, Path temporary, String label, List<PackedLibrary> libraries) {
    String fault = "there is no home folder for a cache";
    if (chosen != null) {
      try {
        return unpackInto(chosen, label, libraries);
      } catch (IOException e) {
        fault = chosen + " cannot hold native libraries: " + OutputFiles.reason(e);
      }
    }
    Path folder;
    try {
      folder = unpackInto(privateFolder(temporary), label, libraries);
    } catch (IOException e) {
      throw new NativeLibraryException(
          label
              + " cannot be unpacked: "
              + fault
              + ", and neither can "
              + temporary
              + ": "
              + OutputFiles.reason(e)
              + ADVICE,
          e);
    }
    LOG.warn("{}; {} is unpacked to {}{}", fault, label, folder, ADVICE);
    return folder;
  }

  /**
   * Unpacks libraries into a folder below {@code root}. What is there and intact is not written, so
   * that a filled cache may be read-only; what is damaged is unpacked again.
   *
   * @throws IOException if a library is damaged, cannot be written, or must not be executed
   */
  static Path unpackInto(Path root, String label, List<PackedLibrary> libraries)
      throws IOException {
    CRC32 names = new CRC32();
    for (PackedLibrary one : libraries) {
      names.update((one.fileName() + one.crc() + one.bytes()).getBytes(StandardCharsets.UTF_8));
    }
    Path folder =
        root.resolve("native")
            .resolve(
                String.format(
                    Locale.ROOT,
                    "%s-%08x%08x",
                    label,
                    libraries.isEmpty() ? 0 : libraries.get(0).crc(),
                    names.getValue()));
    for (PackedLibrary one : libraries) {
      Path file = folder.resolve(one.fileName());
      if (!one.isIn(file)) {
        boolean damaged = Files.exists(file);
        Files.createDirectories(folder);
        one.writeTo(file);
        if (damaged) {
          LOG.warn("{} was damaged and is unpacked again", file);
        }
      }
      if (!PackedLibrary.isExecutable(file)) {
        throw new IOException("it is mounted with noexec");
      }
    }
    return folder;
  }

  /** Reads sizes and checksums of resources. */
  static List<PackedLibrary> describe(List<URL> resources) throws IOException {
    List<PackedLibrary> libraries = new ArrayList<>();
    for (URL resource : resources) {
      libraries.add(PackedLibrary.of(resource));
    }
    return libraries;
  }

  /**
   * Returns {@code rackfocus-UID} below a folder that others may write to: of this user and closed
   * to others, so that nobody else can place a library there. If somebody has taken that name, a
   * new folder that is deleted when the JVM exits.
   */
  static Path privateFolder(Path temporary) throws IOException {
    var closed = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path self = Path.of("/proc/self");
    if (Files.exists(self)) {
      Object user = Files.getAttribute(self, "unix:uid");
      Path folder = temporary.resolve("rackfocus-" + user);
      try {
        Files.createDirectory(folder, closed);
        return folder;
      } catch (FileAlreadyExistsException e) {
        if (isPrivate(folder, user)) {
          return folder;
        }
      }
    }
    Path once = Files.createTempDirectory(temporary, "rackfocus-native");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(once)));
    return once;
  }

  private static boolean isPrivate(Path folder, Object user) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && user.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
        && permissions.equals(PosixFilePermissions.fromString("rwx------"));
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // At exit nothing else can be done; the temporary folder is cleared by the system.
      LOG.debug("{} is left over", folder, e);
    }
  }
}
