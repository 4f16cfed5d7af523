package io.github.rackfocus.lens;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An emulated device on a real pseudo-terminal, which can be unplugged: the path is gone then. */
public final class EmulatedLine implements AutoCloseable {
  private final OptotuneEmulator emulator;
  private final Path path;
  private Process relay;

  /**
   * @param path that becomes a link to the terminal
   */
  public EmulatedLine(OptotuneEmulator emulator, Path path) {
    this.emulator = emulator;
    this.path = path;
  }

  /** Returns what is missing for a pseudo-terminal, or "". */
  public static String missing() {
    return Files.isExecutable(Path.of("/usr/bin/python3")) ? "" : "python3 is not installed";
  }

  /** Plugs the device in, with its power off until now. */
  public void plugIn() throws IOException, InterruptedException {
    emulator.reset();
    relay =
        new ProcessBuilder(
                "/usr/bin/python3",
                Path.of("src/test/ros/pty_relay.py").toAbsolutePath().toString(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Process now = relay;
    Thread pump = new Thread(() -> pump(now), "emulated-line");
    pump.setDaemon(true);
    pump.start();
    while (!Files.exists(path)) {
      if (!now.isAlive()) {
        throw new IOException("the relay ended with " + now.exitValue());
      }
      Thread.sleep(10);
    }
  }

  /** Unplugs the device. */
  public void unplug() throws IOException, InterruptedException {
    Process now = relay;
    if (now != null) {
      now.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      Files.deleteIfExists(path);
    }
  }

  private void pump(Process process) {
    byte[] buffer = new byte[4096];
    try (InputStream in = process.getInputStream();
        OutputStream out = process.getOutputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(emulator.accept(buffer, count));
        out.flush();
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    unplug();
  }
}
