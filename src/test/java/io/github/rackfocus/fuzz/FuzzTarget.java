package io.github.rackfocus.fuzz;

import io.github.rackfocus.calibrate.CameraFileHarness;
import io.github.rackfocus.camera.StackIndexHarness;
import io.github.rackfocus.frame.PfmHarness;
import io.github.rackfocus.kafka.codec.ProtobufHarness;
import io.github.rackfocus.kafka.spool.SpoolHarness;
import io.github.rackfocus.onnx.ManifestHarness;
import io.github.rackfocus.ros.bag.BagHarness;
import io.github.rackfocus.ros.tcpros.ConnectionHeaderHarness;
import io.github.rackfocus.ros.xmlrpc.XmlRpcHarness;
import io.github.rackfocus.rosnode.ConfigHarness;
import io.github.rackfocus.rosnode.ImageFileHarness;
import io.github.rackfocus.rosnode.MessageHarness;
import io.github.rackfocus.rosnode.RawImageHarness;
import io.github.rackfocus.sweep.LensHarness;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The inputs from outside that are fuzzed. */
public enum FuzzTarget {
  HEADER(ConnectionHeaderHarness::new, 0.28),
  MESSAGE(MessageHarness::new, 0.24),
  RAW_IMAGE(RawImageHarness::new, 0.14),
  LENS(LensHarness::new, 0.12),
  PROTOBUF(ProtobufHarness::new, 0.06),
  PFM(PfmHarness::new, 0.05),
  STACK(StackIndexHarness::new, 0.03),
  MANIFEST(ManifestHarness::new, 0.025),
  XMLRPC(XmlRpcHarness::new, 0.025),
  IMAGE(ImageFileHarness::new, 0.015),
  BAG(BagHarness::new, 0.007),
  CAMERA(CameraFileHarness::new, 0.005),
  CONFIG(ConfigHarness::new, 0.003),
  SPOOL(SpoolHarness::new, 0.001);

  private final Supplier<FuzzHarness> factory;
  private final double share;

  FuzzTarget(Supplier<FuzzHarness> factory, double share) {
    this.factory = factory;
    this.share = share;
  }

  /** Returns the name on the command line and of the folder with the seeds. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the share of all executions: cheap ones get more. */
  public double share() {
    return share;
  }

  /** Creates the harness. */
  public FuzzHarness create() {
    return factory.get();
  }

  /**
   * Returns the target of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static FuzzTarget of(String key) {
    return Arrays.stream(values())
        .filter(target -> target.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "harness is '"
                    + key
                    + "'; expected one of "
                    + Arrays.stream(values())
                        .map(FuzzTarget::key)
                        .collect(Collectors.joining(", "))));
  }
}
