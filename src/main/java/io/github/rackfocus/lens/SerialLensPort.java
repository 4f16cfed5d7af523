package io.github.rackfocus.lens;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import io.github.rackfocus.common.NativeLibraries;
import java.nio.file.Files;
import java.nio.file.Path;

/** A serial line of 8 data bits, no parity and 1 stop bit, through jSerialComm. */
final class SerialLensPort implements LensPort {
  private final String path;
  private final SerialPort port;

  private SerialLensPort(String path, SerialPort port) {
    this.path = path;
    this.port = port;
  }

  /**
   * Opens a line.
   *
   * @param path of the device, such as {@code /dev/ttyACM0}
   * @throws LensException if it is absent, in use or not permitted
   */
  static SerialLensPort open(String path, int baud) throws LensException {
    if (!Files.exists(Path.of(path))) {
      throw new LensException(path + " is absent; expected the serial line of the lens driver");
    }
    NativeLibraries.prepareSerial();
    SerialPort port;
    try {
      port = SerialPort.getCommPort(path);
    } catch (SerialPortInvalidPortException e) {
      throw new LensException(path + " is not a serial line: " + e.getMessage(), e);
    }
    port.setComPortParameters(baud, 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
    port.setComPortTimeouts(SerialPort.TIMEOUT_NONBLOCKING, 0, 0);
    if (!port.openPort(0)) {
      throw new LensException(
          path
              + " cannot be opened (system error "
              + port.getLastErrorCode()
              + "); expected a free serial line that the user may open, on Debian as a member of"
              + " the group dialout");
    }
    return new SerialLensPort(path, port);
  }

  @Override
  public void write(byte[] bytes) throws LensException {
    if (port.writeBytes(bytes, bytes.length) != bytes.length) {
      throw gone();
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length, int waitMillis) throws LensException {
    if (waitMillis == 0) {
      int there = port.bytesAvailable();
      if (there <= 0) {
        if (there < 0) {
          throw gone();
        }
        return 0;
      }
    } else if (port.getReadTimeout() != waitMillis) {
      port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, waitMillis, 0);
    }
    int count = port.readBytes(buffer, length, offset);
    if (count < 0) {
      throw gone();
    }
    return count;
  }

  private LensException gone() {
    return new LensException(path + " is gone (system error " + port.getLastErrorCode() + ")");
  }

  @Override
  public void close() {
    port.closePort();
  }
}
