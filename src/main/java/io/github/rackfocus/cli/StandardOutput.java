package io.github.rackfocus.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import org.jspecify.annotations.Nullable;

/**
 * A command's output, which remembers the first error: a PrintWriter swallows it, and a digest or a
 * table that nobody got would count as success.
 */
final class StandardOutput {
  private final PrintWriter writer;
  private volatile @Nullable IOException failure;

  StandardOutput(OutputStream to) {
    writer =
        new PrintWriter(
            new OutputStreamWriter(new BufferedOutputStream(new Remembering(to)), charset()), true);
  }

  PrintWriter writer() {
    return writer;
  }

  /** Flushes, and returns the first error, null if all was written. */
  @Nullable IOException failure() {
    writer.flush();
    return failure;
  }

  /** Returns the charset of the terminal, which depends on the JDK's version. */
  private static Charset charset() {
    for (String key : new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
      String name = System.getProperty(key, "");
      try {
        if (!name.isEmpty()) {
          return Charset.forName(name);
        }
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // Not a charset of Java: the next property.
      }
    }
    return Charset.defaultCharset();
  }

  private final class Remembering extends FilterOutputStream {
    Remembering(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        out.write(bytes, from, count);
      } catch (IOException e) {
        remember(e);
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        remember(e);
        throw e;
      }
    }

    private void remember(IOException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }
}
