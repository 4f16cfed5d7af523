package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A lens driver that speaks a {@link LineProtocol} over a serial line or UDP. */
final class LineDriver implements LensDriver {
  private static final int ANSWER_MILLIS = 200;
  private static final int ATTEMPTS = 3;
  private static final int MAX_BYTES = 1024;
  private static final int MAX_DISCARDED_READS = 8;

  private final String name;
  private final LineProtocol protocol;
  private final LensPort.Opener opener;
  private final byte[] buffer = new byte[MAX_BYTES];
  private volatile @Nullable LensPort port;
  private double commanded = Double.NaN;

  LineDriver(String name, LineProtocol protocol, LensPort.Opener opener) {
    this.name = name;
    this.protocol = protocol;
    this.opener = opener;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isFocus() {
    return false;
  }

  /** Connects; a device that can be read must answer. Its range is not known: unlimited. */
  @Override
  public LensRange connect() throws LensException {
    close();
    port = opener.open();
    commanded = Double.NaN;
    if (!protocol.read().isEmpty()) {
      try {
        read();
      } catch (LensException e) {
        close();
        throw e;
      }
    }
    return new LensRange(-Double.MAX_VALUE, Double.MAX_VALUE);
  }

  @Override
  public void set(double dioptres) throws LensException {
    String command = protocol.setCommand(dioptres);
    if (protocol.setReply().isEmpty()) {
      send(command);
    } else {
      String answer = ask(command);
      if (!protocol.isAccepted(answer)) {
        throw new LensException(
            name
                + " answered '"
                + LineProtocol.printable(answer)
                + "' to '"
                + LineProtocol.printable(command)
                + "'; expected "
                + protocol.setReply());
      }
    }
    commanded = dioptres;
  }

  @Override
  public LensSample read() throws LensException {
    if (protocol.read().isEmpty()) {
      return new LensSample(commanded, Float.NaN);
    }
    String answer = "";
    // A damaged answer is asked for again, for the lens has not moved by being read.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      answer = ask(protocol.read());
      LensSample sample = protocol.sample(answer);
      if (sample != null) {
        return sample;
      }
    }
    throw new LensException(
        name
            + " answered '"
            + LineProtocol.printable(answer)
            + "' to '"
            + LineProtocol.printable(protocol.read())
            + "'; expected "
            + protocol.readReply());
  }

  private void send(String command) throws LensException {
    current().write(command.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String ask(String command) throws LensException {
    int count = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      discardInput();
      send(command);
      count = 0;
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
      while (count < buffer.length) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        int more = left <= 0 ? 0 : current().read(buffer, count, buffer.length - count, (int) left);
        if (more == 0) {
          break;
        }
        count += more;
        String answer = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
        if (answer.endsWith(protocol.replyEnd())) {
          return answer;
        }
      }
    }
    throw new LensException(
        name
            + " did not answer '"
            + LineProtocol.printable(command)
            + "' in "
            + ATTEMPTS
            + " attempts; "
            + (count == 0 ? "nothing came" : count + " bytes came without the end of an answer"));
  }

  private void discardInput() throws LensException {
    int reads = 0;
    while (reads < MAX_DISCARDED_READS && current().read(buffer, 0, buffer.length, 0) > 0) {
      reads++;
    }
  }

  private LensPort current() throws LensException {
    LensPort open = port;
    if (open == null) {
      throw new LensException(name + " is not connected");
    }
    return open;
  }

  @Override
  public void close() {
    LensPort open = port;
    port = null;
    if (open != null) {
      open.close();
    }
  }
}
