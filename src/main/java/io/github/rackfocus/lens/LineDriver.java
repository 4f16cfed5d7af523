package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** A lens driver that speaks a {@link LineProtocol} over a serial line or UDP. */
final class LineDriver implements LensDriver {
  private static final int ATTEMPTS = 3;

  private final String name;
  private final LineProtocol protocol;
  private final Pattern setReply;
  private final Pattern readReply;
  private final Exchange exchange;
  private final LongSupplier clock;
  private double commanded = Double.NaN;

  /**
   * @param clock of the stamps
   */
  LineDriver(String name, LineProtocol protocol, LensPort.Opener opener, LongSupplier clock) {
    this.name = name;
    this.protocol = protocol;
    this.setReply = Pattern.compile(protocol.setReply());
    this.readReply = Pattern.compile(protocol.readReply());
    this.exchange = new Exchange(name, opener, clock);
    this.clock = clock;
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
    exchange.open();
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
      if (!setReply.matcher(answer).find()) {
        throw unexpected(answer, command, setReply);
      }
    }
    commanded = dioptres;
  }

  @Override
  public LensSample read() throws LensException {
    if (protocol.read().isEmpty()) {
      return new LensSample(commanded, Float.NaN, clock.getAsLong(), 0);
    }
    String answer = "";
    // A damaged answer is asked for again: the lens does not move by being read.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      answer = ask(protocol.read());
      LineProtocol.Value value = protocol.value(readReply.matcher(answer));
      if (value != null) {
        return new LensSample(
            value.dioptres(), value.celsius(), exchange.stampNanos(), exchange.spanNanos());
      }
    }
    throw unexpected(answer, protocol.read(), readReply);
  }

  private LensException unexpected(String answer, String command, Pattern expected) {
    return new LensException(
        name
            + " answered '"
            + LineProtocol.printable(answer)
            + "' to '"
            + LineProtocol.printable(command)
            + "'; expected "
            + expected);
  }

  private void send(String command) throws LensException {
    exchange.send(command.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String ask(String command) throws LensException {
    int count =
        exchange.ask(
            command.getBytes(StandardCharsets.ISO_8859_1),
            (bytes, some) -> text(bytes, some).endsWith(protocol.replyEnd()),
            "command '" + LineProtocol.printable(command) + "'");
    return text(exchange.bytes(), count);
  }

  private static String text(byte[] bytes, int count) {
    return new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    exchange.close();
  }
}
