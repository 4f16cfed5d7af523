package io.github.rackfocus.calibrate;

import io.github.rackfocus.document.Section;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opencv.objdetect.Objdetect;

/**
 * A ChArUco board: a chessboard with an ArUco marker in every white square.
 *
 * @param squaresX squares in a row
 * @param squaresY squares in a column
 * @param squareMillimetres side of a square
 * @param markerMillimetres side of a marker
 * @param dictionary dictionary of the markers, one of {@link #dictionaries}
 */
public record BoardConfig(
    int squaresX,
    int squaresY,
    double squareMillimetres,
    double markerMillimetres,
    String dictionary) {
  private static final int MAX_SQUARES = 64;
  private static final double MAX_MILLIMETRES = 1000;
  private static final Map<String, Dictionary> DICTIONARIES = new LinkedHashMap<>();

  static {
    int[] sizes = {50, 100, 250, 1000};
    int[] first = {
      Objdetect.DICT_4X4_50, Objdetect.DICT_5X5_50, Objdetect.DICT_6X6_50, Objdetect.DICT_7X7_50
    };
    for (int bits = 4; bits <= 7; bits++) {
      for (int i = 0; i < sizes.length; i++) {
        String name = bits + "x" + bits + "_" + sizes[i];
        DICTIONARIES.put(name, new Dictionary(first[bits - 4] + i, sizes[i]));
      }
    }
    DICTIONARIES.put("apriltag_36h11", new Dictionary(Objdetect.DICT_APRILTAG_36h11, 587));
  }

  /** 165 mm x 120 mm: fits a sheet of A4 or Letter. */
  public static final BoardConfig DEFAULTS = new BoardConfig(11, 8, 15, 11, "4x4_50");

  /** A dictionary's number in OpenCV, and how many markers it has. */
  private record Dictionary(int number, int markers) {}

  /** Checks every field; a fault says what was found and what is expected. */
  public BoardConfig {
    if (squaresX < 3 || squaresX > MAX_SQUARES || squaresY < 3 || squaresY > MAX_SQUARES) {
      throw new IllegalArgumentException(
          "the board has "
              + squaresX
              + "x"
              + squaresY
              + " squares; expected 3 to "
              + MAX_SQUARES
              + " each way");
    }
    if (!(squareMillimetres >= 1 && squareMillimetres <= MAX_MILLIMETRES)) {
      throw new IllegalArgumentException(
          "a square is " + squareMillimetres + " mm; expected 1 to " + MAX_MILLIMETRES);
    }
    if (!(markerMillimetres > 0.3 * squareMillimetres && markerMillimetres < squareMillimetres)) {
      throw new IllegalArgumentException(
          "a marker is "
              + markerMillimetres
              + " mm; expected more than 0.3 and less than 1 times a"
              + " square of "
              + squareMillimetres
              + " mm");
    }
    Dictionary chosen = DICTIONARIES.get(dictionary);
    if (chosen == null) {
      throw new IllegalArgumentException(
          "the dictionary is '"
              + dictionary
              + "'; expected one of "
              + String.join(", ", DICTIONARIES.keySet()));
    }
    int markers = squaresX * squaresY / 2;
    if (markers > chosen.markers()) {
      throw new IllegalArgumentException(
          "the board needs "
              + markers
              + " markers; dictionary "
              + dictionary
              + " has "
              + chosen.markers());
    }
  }

  /** Returns the names of the dictionaries. */
  public static List<String> dictionaries() {
    return List.copyOf(DICTIONARIES.keySet());
  }

  /**
   * Returns the board with as many squares as a text says.
   *
   * @param squares such as {@code 11x8}
   */
  public static BoardConfig of(
      String squares, double squareMillimetres, double markerMillimetres, String dictionary) {
    String[] sides = squares.split("x", -1);
    if (sides.length != 2 || !Arrays.stream(sides).allMatch(side -> side.matches("[1-9]\\d?"))) {
      throw new IllegalArgumentException(
          "--squares is '" + squares + "'; expected columns x rows, such as 11x8");
    }
    return new BoardConfig(
        Integer.parseInt(sides[0]),
        Integer.parseInt(sides[1]),
        squareMillimetres,
        markerMillimetres,
        dictionary);
  }

  /** Returns the number of inner corners, which is how many points can be seen. */
  public int corners() {
    return (squaresX - 1) * (squaresY - 1);
  }

  /** Returns the number of the dictionary in OpenCV. */
  int dictionaryNumber() {
    Dictionary chosen = DICTIONARIES.get(dictionary);
    if (chosen == null) {
      throw new IllegalStateException("unknown dictionary " + dictionary);
    }
    return chosen.number();
  }

  /** Returns the column of an inner corner on the board, metres from the left edge. */
  double cornerX(int corner) {
    return (corner % (squaresX - 1) + 1) * squareMillimetres / 1000;
  }

  /** Returns the row of an inner corner on the board, metres from the upper edge. */
  double cornerY(int corner) {
    return (corner / (squaresX - 1) + 1) * squareMillimetres / 1000;
  }

  /** Returns a line that names the board: to be printed on it. */
  @Override
  public String toString() {
    return squaresX
        + "x"
        + squaresY
        + " squares of "
        + plain(squareMillimetres)
        + " mm, markers "
        + plain(markerMillimetres)
        + " mm, "
        + dictionary;
  }

  private static String plain(double number) {
    return Section.plain(number);
  }
}
