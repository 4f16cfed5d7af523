package io.github.rackfocus.sweep;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.registration.RegistrationMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sequences of lens readings and frames, from the matcher to the rolling stack. The first six bytes
 * choose the lens; then each step is a reading, a frame, or a request for frames. A frame gets a
 * focus only within the range of the accepted readings near its time; each leaves once, in order; a
 * stack has each frame on its plane and none too old.
 */
public final class LensHarness implements FuzzHarness {
  private static final long START = 1_763_640_000_000_000_000L;
  private static final double[] FOCUS = {
    Double.NaN, Double.POSITIVE_INFINITY, -1e300, 1000.5, -0.5, 0, 1e-300, 5
  };

  private final FramePool pool = new FramePool(64);

  /** A reading that was accepted. */
  private record Known(long stampNanos, double focus) {}

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length < 8) {
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(input);
    int between = (in.get() & 0xff) % 3;
    MatchingConfig options =
        MatchingConfig.DEFAULTS
            .withBetween(MatchingConfig.Between.values()[between])
            .withPowerGain(in.get() < 0 ? -0.5 : 1)
            .withToleranceDioptres((in.get() & 0xff) / 100.0)
            .withTiming(
                new LensTiming(in.get() / 1000.0, in.get() / 1000.0, 0, (in.get() & 7) / 10.0))
            .withDrift(new LensDrift(0.01, 25));
    RollingStackConfig rolling =
        RollingStackConfig.DEFAULTS
            .withRegistration(RegistrationMode.OFF)
            .withAllowMissingPlanes((in.get() & 1) != 0);
    FrameFocusMatcher matcher = FrameFocusMatcher.byReadings(options, 4);
    RollingFocalStack stack = new RollingFocalStack(FocusAxis.uniformDioptres(1, 5, 5), rolling);
    new Run(options, matcher, stack).all(in);
    matcher.close();
    stack.close();
    check(pool.leased() == 0, "nothing stays leased");
  }

  /** One sequence. */
  private final class Run {
    private final MatchingConfig options;
    private final FrameFocusMatcher matcher;
    private final RollingFocalStack stack;
    private final List<Known> known = new ArrayList<>();
    private long time = START;
    private long offered;
    private long left;
    private long lastLeft = -1;

    Run(MatchingConfig options, FrameFocusMatcher matcher, RollingFocalStack stack) {
      this.options = options;
      this.matcher = matcher;
      this.stack = stack;
    }

    void all(ByteBuffer in) {
      while (in.remaining() >= 6) {
        int step = in.get() & 0xff;
        time = Math.max(1, time + in.getShort() * 1_000_000L);
        switch (step % 4) {
          case 0, 1 -> reading(step >> 2, in.get(), in.get(), in.get());
          case 2 -> frame(in.get() & 1);
          default -> poll(START + in.get() * 10_000_000L);
        }
      }
      poll(Long.MAX_VALUE);
      check(matcher.waiting() == 0, "at the end no frame waits");
      check(offered == left + matcher.overflowed(), "each frame leaves once or is counted");
    }

    private void reading(int kind, byte value, byte second, byte flags) {
      double focus = (kind & 8) != 0 ? FOCUS[value & 7] : (value & 0xff) / 40.0;
      double power = (kind & 16) != 0 ? FOCUS[second & 7] : second / 10.0;
      ReadingResult result =
          matcher.addReading(
              time,
              new FocusReading(
                  (kind & 1) != 0 ? focus : Double.NaN,
                  power,
                  (flags & 1) != 0,
                  (flags & 4) != 0 ? Float.NaN : flags,
                  (flags >> 4) % 2));
      if (result == ReadingResult.RESTARTED_BY_TIME) {
        known.clear();
      }
      if (result.isTaken()) {
        double taken = matcher.newestReading().focus();
        check(Math.abs(taken) <= LensReadings.MAX_DIOPTRES, "an accepted focus is in range");
        known.add(new Known(time, taken));
      }
    }

    private void frame(int size) {
      Frame frame = pool.tryLease(16 + 8 * size, 16, false);
      check(frame != null, "frames are given back");
      matcher.offer(frame.seal(time, offered++, FocusReading.NONE), time);
    }

    private void poll(long now) {
      for (Frame frame = matcher.poll(now); frame != null; frame = matcher.poll(now)) {
        left++;
        check(frame.sequence() > lastLeft, "frames leave in order");
        lastLeft = frame.sequence();
        if (frame.focus().isKnown()) {
          checkFocus(frame);
        }
        place(frame);
      }
    }

    private void checkFocus(Frame frame) {
      double focus = frame.focus().focus();
      long up = options.timing().delayUpNanos();
      long down = options.timing().delayDownNanos();
      long age = options.maxReadingAgeNanos();
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (Known each : known) {
        long apart = frame.stampNanos() - each.stampNanos();
        if (apart >= Math.min(up, down) - age && apart <= Math.max(up, down) + age) {
          least = Math.min(least, each.focus());
          most = Math.max(most, each.focus());
        }
      }
      check(
          focus >= least && focus <= most,
          "focus " + focus + " is within that of the readings near it, " + least + " to " + most);
    }

    private void place(Frame frame) {
      FrameResult result = stack.offer(frame);
      double focus = frame.focus().focus();
      check(!result.isPlaced() || stack.axis().planeOf(focus) >= 0, "what is placed has a plane");
      frame.close();
      try (FocalStack taken = stack.takeStack()) {
        for (int plane = 0; taken != null && plane < taken.planes(); plane++) {
          check(
              taken.isMissing(plane) || stack.axis().planeOf(taken.focus(plane)) == plane,
              "a frame is on its plane");
          check(
              taken.isMissing(plane) || taken.ageNanos(plane) <= stack.maxStackAgeNanos(),
              "no plane is too old");
        }
      }
    }
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    for (int between = 0; between < 3; between++) {
      ByteBuffer out = ByteBuffer.allocate(1024);
      out.put(new byte[] {(byte) between, 1, 25, 0, 0, 0, 1});
      for (int sweep = 0; sweep < 3; sweep++) {
        for (int plane = 0; plane < 5; plane++) {
          out.put((byte) (1 << 2)).putShort((short) 10);
          out.put((byte) (40 + 40 * plane)).put((byte) 0).put((byte) 1);
          out.put((byte) 2).putShort((short) 10).put((byte) 0);
          out.put((byte) 3).putShort((short) 0).put((byte) 100);
        }
      }
      byte[] all = new byte[out.position()];
      out.flip().get(all);
      seeds.put(MatchingConfig.Between.values()[between].name().toLowerCase(Locale.ROOT), all);
    }
    ByteBuffer jump = ByteBuffer.allocate(64);
    jump.put(new byte[] {0, -1, 0, 5, 9, 3, 0});
    for (int i = 0; i < 6; i++) {
      jump.put((byte) (9 << 2)).putShort((short) (i == 3 ? -20000 : 5)).put((byte) i);
      jump.put((byte) i).put((byte) 0x11);
    }
    byte[] all = new byte[jump.position()];
    jump.flip().get(all);
    seeds.put("jump", all);
    return seeds;
  }
}
