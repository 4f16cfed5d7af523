package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.RosInputConfig.LensInput;
import io.github.rackfocus.config.SweepConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.PlaneCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameIntakeTest {
  private static final long MS = 1_000_000;
  private static final double NAN = Double.NaN;

  private final FramePool pool = new FramePool(8);
  private FrameIntake intake =
      new FrameIntake("test", "/image_raw", RosInputConfig.DEFAULTS, pool, null, "frame", 8);

  @AfterEach
  void close() {
    intake.close();
    assertThat(pool.leased()).isZero();
  }

  private void image(long stampNanos) {
    intake.image(TestMessages.mono8(4, 3, stampNanos, 0), 1, 0, 0);
  }

  private List<Long> stamps() {
    List<Long> stamps = new ArrayList<>();
    for (Frame frame = next(); frame != null; frame = next()) {
      stamps.add(frame.stampNanos() / MS);
      frame.close();
    }
    return stamps;
  }

  private Frame next() {
    return intake.matcher().poll(Long.MAX_VALUE);
  }

  @Test
  void shouldRefuseImagesWithoutAStampOrWithAnEarlierOne() {
    image(0);
    image(100 * MS);
    image(90 * MS);
    image(100 * MS);
    image(110 * MS);
    assertThat(stamps()).containsExactly(100L, 110L);
    assertThat(intake.causes())
        .containsEntry("imageNoStamp", 1L)
        .containsEntry("imageBackwards", 2L)
        .containsEntry("imageWithoutReading", 2L);
    assertThat(intake.dropped()).isEqualTo(3);
  }

  @Test
  void shouldNoteTheWayOfAnImageWhereClocksCanBeCompared() {
    long hour = 3_600_000_000_000L;
    long[] arrivals = {hour + 30 * MS, 0, hour - MS, 2 * hour};
    List<Long> received = new ArrayList<>();
    for (int i = 0; i < arrivals.length; i++) {
      long now = System.nanoTime();
      intake.image(TestMessages.mono8(4, 3, hour + i * MS, 0), now, arrivals[i], 0);
      try (Frame frame = next()) {
        received.add(frame.receiveNanos());
        assertThat(frame.decodeNanos()).isBetween(1L, System.nanoTime() - now);
      }
    }
    assertThat(received).containsExactly(30 * MS, 0L, 0L, 0L);
  }

  @Test
  void shouldBelieveThatTimeJumpedBackAfterThreeImages() {
    image(900 * MS);
    image(10 * MS);
    image(20 * MS);
    image(30 * MS);
    image(40 * MS);
    assertThat(stamps()).containsExactly(900L, 30L, 40L);
    assertThat(intake.dropped()).isEqualTo(2);
  }

  @Test
  void shouldCountReadingsThatCannotBeAndGoOn() {
    intake.lensState(TestMessages.lensState(0, 1));
    LensState unknown = TestMessages.lensState(10 * MS, NAN);
    unknown.lensPowerDioptres = NAN;
    intake.lensState(unknown);
    intake.lensState(TestMessages.lensState(11 * MS, -1e9));
    intake.lensState(TestMessages.lensState(12 * MS, 1e9));
    intake.lensState(TestMessages.lensState(20 * MS, 4));
    intake.lensState(TestMessages.lensState(15 * MS, 5));
    assertThat(intake.readingsTaken()).isOne();
    assertThat(intake.causes())
        .containsEntry("readingNoStamp", 1L)
        .containsEntry("readingNaN", 1L)
        .containsEntry("readingOutOfRange", 2L)
        .containsEntry("readingBackwards", 1L);
    image(25 * MS);
    try (Frame frame = next()) {
      assertThat(frame.focus().focus()).isEqualTo(4);
    }
  }

  @Test
  void shouldNameEveryFaultOfAnImage() {
    Image bad = TestMessages.mono8(4, 3, MS, 0);
    bad.encoding = "jpeg2000";
    intake.image(bad, 1, 0, 0);
    Image torn = TestMessages.mono8(4, 3, 2 * MS, 0);
    torn.step = 3;
    intake.image(torn, 1, 0, 0);
    Image none = TestMessages.mono8(4, 3, 3 * MS, 0);
    none.width = 0;
    intake.image(none, 1, 0, 0);
    assertThat(intake.causes()).containsOnlyKeys("imageEncoding", "imageLayout", "imageSize");
    image(4 * MS);
    assertThat(stamps()).containsExactly(4L);
  }

  @Test
  void shouldComputeFocusByTheCameraFile() {
    CameraCalibration file =
        new CameraCalibration(
            "arm",
            4,
            3,
            CameraCalibration.DistortionModel.PLUMB_BOB,
            new double[0],
            new double[] {4, 0, 2, 0, 4, 1, 0, 0, 1},
            new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
            new double[] {4, 0, 2, 0, 0, 4, 1, 0, 0, 0, 1, 0},
            new LensCalibration(0.5, 3, 0.02));
    intake.close();
    intake = new FrameIntake("test", "/image_raw", RosInputConfig.DEFAULTS, pool, file, "frame", 8);
    LensState state = TestMessages.lensState(10 * MS, NAN);
    state.lensPowerDioptres = -2;
    intake.lensState(state);
    image(11 * MS);
    try (Frame frame = next()) {
      assertThat(frame.focus().focus()).isEqualTo(2);
      assertThat(frame.focus().lensPowerDioptres()).isEqualTo(-2);
    }
    assertThat(intake.calibration().lens().depthOffsetMetres()).isEqualTo(0.02);
    // The topic is ignored then.
    intake.cameraInfo(TestMessages.cameraInfo(4, 3, 0.3));
    assertThat(intake.calibration().calibrationSha256()).isEqualTo(file.sha256());
  }

  @Test
  void shouldRectifyOnceTheTopicHasToldTheCalibration() {
    Image image = TestMessages.mono8(64, 48, MS, 0);
    intake.image(image, 1, 0, 0);
    intake.cameraInfo(TestMessages.cameraInfo(64, 48, -0.3));
    image.header.stampNanos = 2 * MS;
    intake.image(image, 1, 0, 0);
    try (Frame before = next();
        Frame after = next()) {
      assertThat(before.lumaAt(70)).isEqualTo(70);
      int differing = 0;
      for (int i = 0; i < before.pixels(); i++) {
        differing += before.lumaAt(i) != after.lumaAt(i) ? 1 : 0;
      }
      assertThat(differing).isGreaterThan(before.pixels() / 2);
    }
    image.header.stampNanos = 3 * MS;
    image.width = 32;
    image.step = 32;
    image.height = 96;
    intake.image(image, 1, 0, 0);
    assertThat(intake.causes()).containsEntry("imageNotCalibrated", 1L);
  }

  @Test
  void shouldNotUseACameraInfoThatIsNone() {
    intake.cameraInfo(new CameraInfo());
    CameraInfo strange = TestMessages.cameraInfo(4, 3, 0.1);
    strange.distortionModel = "thin_prism";
    intake.cameraInfo(strange);
    assertThat(intake.calibration().calibration()).isNull();
    image(MS);
    assertThat(stamps()).containsExactly(1L);
  }

  /** What a driver sends before its camera is calibrated, and what no camera can have. */
  @Test
  void shouldNotUseMatricesThatAreNone() {
    CameraInfo good = TestMessages.cameraInfo(64, 48, -0.1);
    intake.cameraInfo(good);
    assertThat(intake.calibration().calibration()).isNotNull();
    List<Consumer<CameraInfo>> faults =
        List.of(
            info -> info.k = new double[9],
            info -> info.r = new double[9],
            info -> info.p = new double[12],
            info -> info.r[0] = 0.5,
            info -> info.r = new double[] {1, 0, 0, 0, 1, 0, 0, 0, -1},
            info -> info.k[1] = 3,
            info -> info.k[8] = 0,
            info -> info.d = new double[] {0.1, 0, 0, 0, 0, 0.1, 0, 0},
            info -> info.k[2] = -5,
            info -> info.p[2] = 700);
    for (int i = 0; i < faults.size(); i++) {
      intake.cameraInfo(good);
      CameraInfo bad = TestMessages.cameraInfo(64, 48, -0.1);
      faults.get(i).accept(bad);
      intake.cameraInfo(bad);
      assertThat(intake.calibration().calibration()).as("fault %d", i).isNull();
    }
  }

  /** The matrices of an image binned by 4, with the size of the full one. */
  @Test
  void shouldNotUseMatricesOfAnotherSize() {
    CameraInfo binned = TestMessages.cameraInfo(80, 60, -0.1);
    binned.width = 320;
    binned.height = 240;
    intake.cameraInfo(binned);
    assertThat(intake.calibration().calibration()).isNull();
    CameraInfo full = TestMessages.cameraInfo(320, 240, -0.1);
    full.width = 80;
    full.height = 60;
    intake.cameraInfo(full);
    assertThat(intake.calibration().calibration()).isNull();
  }

  /** A topic's calibration without distortion was not compared with the images at all. */
  @Test
  void shouldCompareTheSizeOfImagesThatAreNotRectified() {
    CameraInfo info = TestMessages.cameraInfo(64, 48, 0);
    info.binningX = 4;
    info.binningY = 4;
    intake.cameraInfo(info);
    assertThat(intake.calibration().contradiction(64, 48))
        .isEqualTo("size is 64 x 48; expected that of the calibration for 16 x 12");
    assertThat(intake.calibration().contradiction(16, 12)).isNull();
    intake.image(TestMessages.mono8(64, 48, MS, 0), 1, 0, 0);
    assertThat(stamps()).as("depth does not depend on it").containsExactly(1L);

    CameraInfo right = TestMessages.cameraInfo(16, 12, 0);
    intake.close();
    intake =
        new FrameIntake(
            "test",
            "/image_raw",
            RosInputConfig.DEFAULTS,
            pool,
            CameraInfoMessages.calibration(right),
            "frame",
            8);
    intake.image(TestMessages.mono8(64, 48, MS, 0), 1, 0, 0);
    assertThat(intake.causes()).containsEntry("imageNotCalibrated", 1L);
  }

  @Test
  void shouldNotRectifyImagesThatAreRectifiedAlready() {
    for (String topic :
        List.of("/camera/image_rect", "/image_rect_color/compressed", "image_rect")) {
      intake.close();
      intake = new FrameIntake("test", topic, RosInputConfig.DEFAULTS, pool, null, "frame", 8);
      intake.cameraInfo(TestMessages.cameraInfo(64, 48, -0.3));
      assertThat(intake.calibration().caution()).contains("are not rectified again");
      intake.image(TestMessages.mono8(64, 48, MS, 0), 1, 0, 0);
      try (Frame frame = next()) {
        for (int i = 0; i < frame.pixels(); i++) {
          assertThat(frame.lumaAt(i)).isEqualTo(i & 0xff);
        }
      }
      // They are described by P, as what image_proc publishes.
      CameraInfo described = new CameraInfo();
      assertThat(intake.calibration().describe(described, 64, 48)).isTrue();
      assertThat(described.k[0]).isEqualTo(1.1 * 64);
      assertThat(described.d).containsOnly(0);
    }
  }

  /** Without distortion image_proc copies the image, whatever R and P. */
  @Test
  void shouldNotRectifyImagesWithoutDistortion() {
    CameraInfo info = TestMessages.cameraInfo(64, 48, 0);
    intake.cameraInfo(info);
    assertThat(intake.calibration().caution()).contains("there is no distortion");
    assertThat(intake.calibration().rectifier()).isNull();
    info = TestMessages.cameraInfo(64, 48, 0);
    info.p[0] = info.k[0];
    info.p[5] = info.k[4];
    intake.cameraInfo(info);
    assertThat(intake.calibration().calibration()).isNotNull();
    assertThat(intake.calibration().caution()).isNull();
  }

  @Test
  void shouldDescribeTheWindowThatTheSensorSends() {
    CameraInfo info = TestMessages.cameraInfo(640, 480, 0);
    info.roi.xOffset = 100;
    info.roi.yOffset = 40;
    info.roi.width = 400;
    info.roi.height = 300;
    info.binningX = 2;
    info.binningY = 2;
    intake.cameraInfo(info);
    CameraInfo described = new CameraInfo();
    assertThat(intake.calibration().describe(described, 640, 480)).isFalse();
    assertThat(intake.calibration().describe(described, 200, 150)).isTrue();
    // Without distortion images stay as they are, so K stays theirs.
    assertThat(described.k[0]).isEqualTo(640 / 2);
    assertThat(described.p[0]).isEqualTo(1.1 * 640 / 2);
    assertThat(described.k[2]).isEqualTo((319.5 - 100) / 2);
    assertThat(described.k[5]).isEqualTo((239.5 - 40) / 2);
    assertThat(described.k[8]).isEqualTo(1);
  }

  @Test
  void shouldTellTheSweepOfATime() {
    for (int i = 1; i <= 1200; i++) {
      LensState state = TestMessages.lensState(i * MS, 1);
      state.sweepId = i / 10;
      intake.lensState(state);
    }
    assertThat(intake.sweepIds().at(1195 * MS + 5)).isEqualTo(119);
    assertThat(intake.sweepIds().at(900 * MS)).isEqualTo(90);
    assertThat(intake.sweepIds().at(5 * MS)).as("forgotten").isZero();
  }

  private FrameIntake counting(PlaneCounter.Count count, SweepPattern pattern) {
    SweepConfig sweep =
        new SweepConfig(FocusAxis.uniformDioptres(2, 6, 5), pattern, /* period= */ 0, 0);
    return new FrameIntake(
        "test",
        "/image_raw",
        RosInputConfig.DEFAULTS
            .withSweep(sweep)
            .withLens(
                RosInputConfig.DEFAULTS.lens().withInput(LensInput.COUNTER).withCounter(count)),
        pool,
        null,
        "frame",
        8);
  }

  private double focusOf(int frame, long sequence) {
    Image image = TestMessages.mono8(4, 3, (1000 + 10L * frame) * MS, 0);
    image.header.seq = sequence;
    intake.image(image, 1, 0, 0);
    try (Frame next = next()) {
      return next.focus().focus();
    }
  }

  @Test
  void shouldCountByTheNumberOfTheImage() {
    intake.close();
    intake = counting(PlaneCounter.Count.IMAGE, SweepPattern.SAW);
    focusOf(0, 5);
    assertThat(focusOf(1, 6)).isEqualTo(3);
    assertThat(focusOf(2, 9)).as("two are lost").isEqualTo(6);
    assertThat(focusOf(3, 9)).isNaN();
    assertThat(intake.causes()).containsEntry("imageLost", 2L).containsEntry("imageCountLost", 2L);
  }

  @Test
  void shouldCountByTheTriggersBackAndForth() {
    intake.close();
    intake = counting(PlaneCounter.Count.TRIGGER, SweepPattern.TRIANGLE);
    double[] expected = {2, 3, 4, 5, 6, 5, 4, 3, 2, 3};
    for (int frame = 0; frame < 10; frame++) {
      LensState state = TestMessages.lensState((1000 + 10L * frame) * MS, NAN);
      state.planeIndex = 65535;
      state.sweepId = 80 + frame;
      intake.lensState(state);
      assertThat(focusOf(frame, 0)).isEqualTo(expected[frame]);
    }
    LensState back = TestMessages.lensState(1100 * MS, NAN);
    back.planeIndex = 2;
    back.direction = -1;
    intake.lensState(back);
    assertThat(focusOf(10, 0)).isEqualTo(4);
    assertThat(focusOf(11, 0)).isEqualTo(3);
    back.header.stampNanos = 1200 * MS;
    back.planeIndex = 5;
    intake.lensState(back);
    assertThat(intake.causes()).containsEntry("readingOutOfRange", 1L);
  }
}
