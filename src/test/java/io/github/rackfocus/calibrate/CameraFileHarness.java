package io.github.rackfocus.calibrate;

import static io.github.rackfocus.fuzz.Laws.check;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.fuzz.ScratchFile;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Camera files. What is accepted has finite numbers and is written by {@link CameraFile} as a file
 * that is read as the same camera.
 */
public final class CameraFileHarness implements FuzzHarness {
  private final ScratchFile scratch = new ScratchFile("camera.yaml");
  private final Path written = scratch.folder().resolve("written.yaml");

  @Override
  public void run(byte[] input) throws Exception {
    Path file = scratch.with(input);
    CameraCalibration camera =
        Laws.bounded(
            input,
            512 << 10,
            512,
            () -> Laws.readOrRefused(() -> CalibrationFile.read(file), IOException.class));
    if (camera == null) {
      return;
    }
    check(finite(camera.camera()) && finite(camera.rectifiedCamera()), "matrices are finite");
    check(finite(camera.distortion()) && finite(camera.rectification()), "coefficients are finite");
    CameraFile.write(
        new CalibrationResult(
            camera.width(),
            camera.height(),
            List.of(),
            List.of(),
            0,
            camera.lens().breathing().referenceFocus(),
            camera.lens().drift().referenceCelsius(),
            List.of(),
            List.of(),
            List.of()),
        camera,
        "fuzz",
        "fuzz",
        written);
    CameraCalibration again = CalibrationFile.read(written);
    check(again.width() == camera.width() && again.height() == camera.height(), "sizes survive");
    check(Arrays.equals(again.camera(), camera.camera()), "the camera matrix survives");
    check(Arrays.equals(again.distortion(), camera.distortion()), "the distortion survives");
    check(
        Arrays.equals(again.rectifiedCamera(), camera.rectifiedCamera()),
        "the projection survives");
    check(again.lens().timing().equals(camera.lens().timing()), "the timing of the lens survives");
    check(again.lens().powerGain() == camera.lens().powerGain(), "the gain of the lens survives");
  }

  private static boolean finite(double[] numbers) {
    return Arrays.stream(numbers).allMatch(Double::isFinite);
  }

  @Override
  public Map<String, byte[]> seeds() throws Exception {
    CameraCalibration camera = CameraFileTest.KNOWN;
    CalibrationResult nothing =
        new CalibrationResult(
            320, 240, List.of(), List.of(), 0, 4, 31, List.of(), List.of(), List.of());
    CameraFile.write(nothing, camera, "it's", "seed", written);
    byte[] whole = Files.readAllBytes(written);
    String text = new String(whole, StandardCharsets.UTF_8);
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    seeds.put("whole", whole);
    seeds.put("truncated", Arrays.copyOf(whole, whole.length / 2));
    seeds.put("fisheye", bytes(text.replace("plumb_bob", "equidistant")));
    seeds.put("infinite", bytes(text.replace("300", ".inf")));
    seeds.put("opencv", bytes("%YAML:1.0\n---\nimage_width: 320\n"));
    return seeds;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
