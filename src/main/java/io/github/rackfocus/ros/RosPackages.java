package io.github.rackfocus.ros;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds packages as rospack does: by their package.xml, below the folders of ROS_PACKAGE_PATH. */
public final class RosPackages {
  private static final Pattern NAME = Pattern.compile("<name>\\s*([^<\\s]+)\\s*</name>");
  private static final long MAX_MANIFEST_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 8;

  private RosPackages() {}

  /**
   * Returns the folder of a package; if there are several, the first on the path.
   *
   * @throws IOException if there is none; the message shows the path
   */
  public static Path find(String name, Map<String, String> environment) throws IOException {
    String path = environment.getOrDefault("ROS_PACKAGE_PATH", "");
    for (String root : path.split(":")) {
      if (!root.isEmpty()) {
        List<Path> found = below(root, name);
        if (!found.isEmpty()) {
          return found.get(0);
        }
      }
    }
    throw new IOException("no package '" + name + "' on ROS_PACKAGE_PATH ('" + path + "')");
  }

  /** Searches breadth first as rospack does: not below a package or a folder with CATKIN_IGNORE. */
  private static List<Path> below(String root, String name) throws IOException {
    record Candidate(Path folder, int depth) {}
    List<Path> found = new ArrayList<>();
    Queue<Candidate> todo = new ArrayDeque<>();
    try {
      todo.add(new Candidate(Path.of(root), 0));
    } catch (InvalidPathException e) {
      throw new IOException("ROS_PACKAGE_PATH contains '" + root + "'; expected a folder", e);
    }
    while (!todo.isEmpty() && found.isEmpty()) {
      Candidate next = todo.remove();
      if (Files.exists(next.folder.resolve("CATKIN_IGNORE"))
          || Files.exists(next.folder.resolve("rospack_nosubdirs"))) {
        continue;
      }
      Path manifest = next.folder.resolve("package.xml");
      if (Files.isRegularFile(manifest)) {
        if (name.equals(nameIn(manifest))) {
          found.add(next.folder);
        }
      } else if (next.depth < MAX_DEPTH) {
        for (Path child : folders(next.folder)) {
          todo.add(new Candidate(child, next.depth + 1));
        }
      }
    }
    return found;
  }

  private static String nameIn(Path manifest) throws IOException {
    if (Files.size(manifest) > MAX_MANIFEST_BYTES) {
      return "";
    }
    Matcher matcher = NAME.matcher(Files.readString(manifest));
    return matcher.find() ? matcher.group(1) : "";
  }

  private static List<Path> folders(Path folder) throws IOException {
    List<Path> folders = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return folders;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path entry : entries) {
        if (!String.valueOf(entry.getFileName()).startsWith(".")) {
          folders.add(entry);
        }
      }
    }
    folders.sort(null);
    return folders;
  }
}
