package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that a recording says of a camera and its lens. Which of the lists are filled decides what
 * can be estimated.
 *
 * @param width of the images, pixels
 * @param height of the images, pixels
 * @param referenceCelsius temperature to which the samples' temperatures are relative
 * @param noise that the blocks share
 * @param boards views of a board
 * @param planes planes at known distances
 * @param patches patches of a still scene
 * @param features points of a still scene
 */
record Observations(
    int width,
    int height,
    double referenceCelsius,
    Noise noise,
    List<BoardView> boards,
    List<PlaneView> planes,
    List<ScenePatch> patches,
    List<SceneFeature> features) {

  /** All blocks, in the order of their lists. */
  List<LeastSquares.Block> blocks() {
    List<LeastSquares.Block> blocks = new ArrayList<>(boards);
    blocks.addAll(planes);
    blocks.addAll(patches);
    blocks.addAll(features);
    return blocks;
  }

  /** All peaks of sharpness. */
  List<SharpnessPeak> peaks() {
    return Stream.of(
            boards.stream().map(BoardView::peaks),
            planes.stream().map(PlaneView::peaks),
            patches.stream().map(ScenePatch::peaks))
        .flatMap(each -> each)
        .flatMap(List::stream)
        .toList();
  }

  /** Samples of the lens at all positions in images. */
  List<LensSample> positionSamples() {
    return Stream.concat(
            boards.stream().flatMap(view -> view.frames().stream().map(BoardView.Corners::lens)),
            features.stream()
                .flatMap(each -> each.sightings().stream().map(SceneFeature.Sighting::lens)))
        .toList();
  }

  /** Number of positions in images, each a column and a row. */
  int positions() {
    return boards.stream().mapToInt(BoardView::cornerCount).sum()
        + features.stream().mapToInt(each -> each.sightings().size()).sum();
  }

  /** Whether distances are known, so that the law of focus can be estimated. */
  boolean metric() {
    return !boards.isEmpty() || !planes.isEmpty();
  }
}
