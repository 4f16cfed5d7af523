package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.frame.ColourMode;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.DigestSink;
import io.github.rackfocus.sink.SinkFanOut;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Colour from a folder to a sink, and only while a sink wants it. */
class ColourDemandTest {
  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;
  private static final int PLANES = 4;

  @TempDir Path folder;

  /** Takes colours, or not. */
  private static final class Taking implements DepthSink {
    private final boolean wantsColour;
    private final List<String> found = new ArrayList<>();

    Taking(boolean wantsColour) {
      this.wantsColour = wantsColour;
    }

    @Override
    public String name() {
      return "taking";
    }

    @Override
    public boolean wantsMaps() {
      return true;
    }

    @Override
    public boolean wantsColour() {
      return wantsColour;
    }

    @Override
    public void accept(DepthMap map) {
      ByteBuffer colour = map.colour();
      if (colour == null) {
        found.add(map.isColourAwaited() ? "awaited" : "grey");
        return;
      }
      boolean red = true;
      for (int i = 0; i < map.pixels(); i++) {
        red &= (colour.get(3 * i) & 0xff) > (colour.get(3 * i + 2) & 0xff);
      }
      found.add(red ? "red" : "other");
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void write() throws Exception {
    Random random = new Random(3);
    for (int plane = 0; plane < PLANES; plane++) {
      BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int light = random.nextInt(100);
        image.setRGB(i % WIDTH, i / WIDTH, (150 + light) << 16 | (40 + light) << 8 | (20 + light));
      }
      ImageIO.write(image, "png", folder.resolve("00" + plane + ".png").toFile());
    }
    Files.writeString(
        folder.resolve("stack.json"), "{\"focus\": [1.5, 2, 3, 4], \"unit\": \"dioptre\"}");
  }

  private List<String> run(ColourMode mode, boolean wantsColour, DigestSink digest)
      throws Exception {
    Taking taking = new Taking(wantsColour);
    FramePool pool = new FramePool(DepthNode.framesInUse(PLANES));
    FrameSource source =
        StackFolder.open(folder, StackFolderConfig.DEFAULTS, pool, SourceClock.SYSTEM);
    try (DepthNode node =
        DepthNode.builder(
                source, PeakDepthEstimator.ddl(), new SinkFanOut(List.of(taking, digest), 2, true))
            .rolling(new RollingStackConfig(0, false, 1, 6, RegistrationMode.OFF))
            .maxMaps(8)
            .colour(mode)
            .lossless(true)
            .build()) {
      node.start();
      node.awaitEnd();
    }
    assertThat(pool.leased()).isZero();
    return taking.found;
  }

  @Test
  void shouldCarryColourWhileASinkWantsItWithoutChangingDepth() throws Exception {
    DigestSink inColour = new DigestSink();
    DigestSink unwanted = new DigestSink();
    DigestSink off = new DigestSink();
    assertThat(run(ColourMode.AUTO, true, inColour)).containsExactly("red");
    assertThat(run(ColourMode.AUTO, false, unwanted)).containsExactly("awaited");
    assertThat(run(ColourMode.OFF, true, off)).containsExactly("grey");
    assertThat(inColour.maps()).isEqualTo(1);
    assertThat(inColour.hex()).isEqualTo(unwanted.hex()).isEqualTo(off.hex());
  }
}
