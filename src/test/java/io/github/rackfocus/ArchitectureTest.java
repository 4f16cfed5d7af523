package io.github.rackfocus;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages: who may know whom. A new arrow is a decision, made here. */
@AnalyzeClasses(
    packages = "io.github.rackfocus",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesShouldKnowOnlyWhatIsUpstreamOfThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.github.rackfocus..")
          .layer("frame")
          .definedBy("..rackfocus.frame..")
          .layer("camera")
          .definedBy("..rackfocus.camera..")
          .layer("sweep")
          .definedBy("..rackfocus.sweep..")
          .layer("depth")
          .definedBy("..rackfocus.depth..")
          .layer("onnx")
          .definedBy("..rackfocus.onnx..")
          .layer("sink")
          .definedBy("..rackfocus.sink..")
          .layer("kafka")
          .definedBy("..rackfocus.kafka..")
          .layer("node")
          .definedBy("..rackfocus.node..")
          .layer("eval")
          .definedBy("..rackfocus.eval..")
          .layer("cli")
          .definedBy("..rackfocus.cli..")
          .layer("ros")
          .definedBy("..rackfocus.ros..")
          .layer("rosnode")
          .definedBy("..rackfocus.rosnode..")
          .optionalLayer("protobuf")
          .definedBy("..rackfocus.v1..")
          .whereLayer("frame")
          .mayNotAccessAnyLayer()
          .whereLayer("camera")
          .mayOnlyAccessLayers("frame")
          .whereLayer("sweep")
          .mayOnlyAccessLayers("frame")
          .whereLayer("depth")
          .mayOnlyAccessLayers("frame", "sweep")
          .whereLayer("onnx")
          .mayOnlyAccessLayers("frame", "sweep", "depth")
          .whereLayer("sink")
          .mayOnlyAccessLayers("frame", "depth")
          .whereLayer("kafka")
          .mayOnlyAccessLayers("frame", "camera", "depth", "sink", "protobuf")
          .whereLayer("node")
          .mayOnlyAccessLayers(
              "frame", "camera", "sweep", "depth", "onnx", "sink", "kafka", "protobuf")
          .whereLayer("ros")
          .mayNotAccessAnyLayer()
          .whereLayer("rosnode")
          .mayOnlyAccessLayers("frame", "camera", "sweep", "depth", "sink", "ros", "node")
          .whereLayer("eval")
          .mayOnlyAccessLayers("frame", "camera", "sweep", "depth", "sink")
          .whereLayer("cli")
          .mayOnlyAccessLayers(
              "frame",
              "camera",
              "sweep",
              "depth",
              "onnx",
              "sink",
              "kafka",
              "node",
              "rosnode",
              "eval",
              "protobuf");

  @ArchTest
  static final ArchRule packagesShouldBeFreeOfCycles =
      slices().matching("io.github.rackfocus.(*)..").should().beFreeOfCycles();
}
