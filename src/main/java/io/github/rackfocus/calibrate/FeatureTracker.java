package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfFloat;
import org.opencv.core.MatOfPoint;
import org.opencv.core.MatOfPoint2f;
import org.opencv.core.Point;
import org.opencv.imgproc.Imgproc;
import org.opencv.video.Video;

/**
 * Follows points of a still scene from frame to frame (Lucas and Kanade, pyramidal), forwards and
 * back, while they are sharp enough for both to agree. A point that is lost starts anew as another.
 */
final class FeatureTracker implements Recording.FrameListener, AutoCloseable {
  private static final int MOST = 150;
  private static final int LONGEST = 200;
  private static final int FEWEST_SIGHTINGS = 4;
  private static final int MOST_FEATURES = 4000;
  private static final double QUALITY = 0.02;
  private static final double DISTANCE = 20;
  private static final double AGREEMENT = 0.15;

  /** A point that is followed. */
  private static final class Track {
    final List<Integer> frames = new ArrayList<>();
    final List<Point> points = new ArrayList<>();

    void add(int frame, Point point) {
      frames.add(frame);
      points.add(point);
    }

    Point last() {
      return points.get(points.size() - 1);
    }
  }

  private final List<Track> finished = new ArrayList<>();
  private List<Track> active = new ArrayList<>();
  private final Mat previous = new Mat();

  @Override
  public void frame(int index, FrameRecord frame, Mat image) {
    if (!active.isEmpty()) {
      follow(index, image);
    }
    if (active.size() < MOST / 2) {
      start(index, image);
    }
    image.copyTo(previous);
  }

  private void follow(int index, Mat image) {
    MatOfPoint2f from = new MatOfPoint2f(active.stream().map(Track::last).toArray(Point[]::new));
    MatOfPoint2f to = new MatOfPoint2f();
    MatOfPoint2f back = new MatOfPoint2f();
    MatOfByte found = new MatOfByte();
    MatOfByte foundBack = new MatOfByte();
    MatOfFloat errors = new MatOfFloat();
    Video.calcOpticalFlowPyrLK(previous, image, from, to, found, errors);
    Video.calcOpticalFlowPyrLK(image, previous, to, back, foundBack, errors);
    Point[] places = to.toArray();
    Point[] returned = back.toArray();
    byte[] there = found.toArray();
    byte[] andBack = foundBack.toArray();
    List<Track> next = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      Track track = active.get(i);
      Point last = track.last();
      boolean agree =
          there[i] != 0
              && andBack[i] != 0
              && Math.hypot(returned[i].x - last.x, returned[i].y - last.y) < AGREEMENT;
      if (agree && track.frames.size() < LONGEST) {
        track.add(index, places[i]);
        next.add(track);
      } else {
        finish(track);
      }
    }
    active = next;
    List.of(from, to, back, found, foundBack, errors).forEach(Mat::release);
  }

  private void start(int index, Mat image) {
    MatOfPoint corners = new MatOfPoint();
    Imgproc.goodFeaturesToTrack(image, corners, MOST, QUALITY, DISTANCE);
    for (Point corner : corners.toArray()) {
      boolean taken =
          active.stream()
              .anyMatch(each ->
                  Math.hypot(each.last().x - corner.x, each.last().y - corner.y) < DISTANCE);
      if (!taken && active.size() < MOST) {
        Track track = new Track();
        track.add(index, corner);
        active.add(track);
      }
    }
    corners.release();
  }

  private void finish(Track track) {
    if (track.frames.size() >= FEWEST_SIGHTINGS && finished.size() < MOST_FEATURES) {
      finished.add(track);
    }
  }

  /** Returns what was followed, in the frames that belong to a pass. */
  List<SceneFeature> features(List<Passes.Pass> passes, Noise noise) {
    Map<Integer, LensSample> samples = new HashMap<>();
    for (Passes.Pass pass : passes) {
      for (int i = 0; i < pass.samples().size(); i++) {
        samples.put(pass.first() + i, pass.samples().get(i));
      }
    }
    List<SceneFeature> features = new ArrayList<>();
    for (Track track : finished) {
      List<SceneFeature.Sighting> sightings = new ArrayList<>();
      for (int i = 0; i < track.frames.size(); i++) {
        LensSample lens = samples.get(track.frames.get(i));
        if (lens != null) {
          Point point = track.points.get(i);
          sightings.add(new SceneFeature.Sighting(lens, point.x, point.y));
        }
      }
      if (sightings.size() >= FEWEST_SIGHTINGS) {
        features.add(new SceneFeature(sightings, noise));
      }
    }
    return features;
  }

  /** Ends all tracks and releases the last image. */
  @Override
  public void close() {
    active.forEach(this::finish);
    active.clear();
    previous.release();
  }
}
