package io.github.rackfocus.rosnode;

/** Why an image was rejected. */
enum InputFault {
  SIZE("imageSize"),
  LAYOUT("imageLayout"),
  ENCODING("imageEncoding"),
  BIG_ENDIAN("imageBigEndian"),
  COMPRESSED("imageUndecodable"),
  NO_STAMP("imageNoStamp"),
  BACKWARDS("imageBackwards"),
  CALIBRATION("imageNotCalibrated"),
  POOL("poolEmpty");

  private final String key;

  InputFault(String key) {
    this.key = key;
  }

  /** Returns the cause under which it is counted. */
  String key() {
    return key;
  }
}
