package io.github.rackfocus;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The dependencies between packages. Each package lists all packages of this project that it may
 * use; {@code common} and {@code document} may be used by all. A new dependency is a decision, made
 * here in the open.
 */
@AnalyzeClasses(
    packages = "io.github.rackfocus",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.github.rackfocus.";

  /** Generated classes: Protobuf messages and ROS messages. */
  private static final List<String> GENERATED = List.of("v1", "ros.msg");

  private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

  static {
    allow("common");
    allow("document");
    allow("frame");
    allow("camera", "frame");
    allow("camera.simulated", "camera", "frame");
    allow("registration", "frame");
    allow("sweep", "frame", "registration");
    allow("lens", "frame", "sweep");
    allow("depth", "frame", "registration", "sweep");
    allow("onnx", "frame", "sweep", "depth");
    allow("sink", "frame", "registration", "depth");
    allow("kafka.spool");
    allow("kafka.codec", "frame", "registration", "depth", "sink", "v1");
    allow("kafka", "kafka.codec", "kafka.spool", "frame", "depth", "sink", "v1");
    allow("node", "frame", "camera", "registration", "sweep", "depth", "sink");
    allow(
        "config",
        "camera",
        "camera.simulated",
        "frame",
        "registration",
        "sweep",
        "lens",
        "depth",
        "onnx",
        "sink",
        "kafka",
        "kafka.codec",
        "kafka.spool");
    allow(
        "assembly",
        "config",
        "node",
        "camera",
        "camera.simulated",
        "frame",
        "registration",
        "sweep",
        "depth",
        "onnx",
        "sink",
        "kafka",
        "kafka.codec",
        "v1");
    allow(
        "fleet",
        "assembly",
        "config",
        "node",
        "frame",
        "registration",
        "sweep",
        "depth",
        "onnx",
        "kafka",
        "kafka.codec",
        "kafka.spool",
        "v1");
    allow(
        "eval",
        "camera",
        "camera.simulated",
        "frame",
        "registration",
        "sweep",
        "depth",
        "sink",
        "node");
    allow("calibrate", "camera", "frame", "sweep");
    allow("demo", "kafka", "kafka.codec");
    allow("ros.message");
    allow("ros.names");
    allow("ros.net");
    allow("ros.xmlrpc", "ros.net", "ros.message");
    allow("ros.tcpros", "ros.xmlrpc", "ros.net", "ros.message", "ros.names");
    allow("ros", "ros.tcpros", "ros.xmlrpc", "ros.net", "ros.message", "ros.names", "ros.msg");
    allow("ros.bag");
    allow(
        "rosnode",
        "ros",
        "ros.bag",
        "ros.message",
        "ros.names",
        "ros.net",
        "ros.msg",
        "assembly",
        "config",
        "node",
        "camera",
        "camera.simulated",
        "lens",
        "frame",
        "registration",
        "sweep",
        "depth",
        "sink");
    allow(
        "cli",
        "assembly",
        "config",
        "node",
        "fleet",
        "eval",
        "calibrate",
        "demo",
        "rosnode",
        "camera",
        "camera.simulated",
        "frame",
        "registration",
        "sweep",
        "depth",
        "onnx",
        "sink",
        "kafka",
        "kafka.codec",
        "v1");
  }

  private static void allow(String name, String... uses) {
    MAY_USE.put(name, List.of(uses));
  }

  @ArchTest
  static void packagesShouldUseOnlyWhatIsUpstreamOfThem(JavaClasses classes) {
    MAY_USE.forEach((name, uses) -> rule(name, uses).check(classes));
  }

  @ArchTest
  static void everyPackageShouldStateWhatItUses(JavaClasses classes) {
    TreeSet<String> unstated = new TreeSet<>();
    for (JavaClass each : classes) {
      if (!isGenerated(each)) {
        unstated.add(each.getPackageName().substring(ROOT.length()));
      }
    }
    unstated.removeAll(MAY_USE.keySet());
    if (!unstated.isEmpty()) {
      throw new AssertionError("packages without a line in ArchitectureTest: " + unstated);
    }
  }

  @ArchTest
  static final ArchRule packagesShouldBeFreeOfCycles =
      slices().matching("io.github.rackfocus.(**)").should().beFreeOfCycles();

  private static ArchRule rule(String name, List<String> uses) {
    List<String> allowed = new ArrayList<>(uses);
    allowed.add(name);
    allowed.add("common");
    allowed.add("document");
    return ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .dependOnClassesThat(ownBut(allowed))
        .as("package " + name + " should use only " + allowed)
        // The ROS client is generated into a package of its own, which has no line here.
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> ownBut(List<String> allowed) {
    return describe(
        "are of another package of this project",
        each -> each.getName().startsWith(ROOT) && allowed.stream().noneMatch(a -> in(each, a)));
  }

  private static boolean in(JavaClass each, String name) {
    String own = each.getPackageName();
    return own.equals(ROOT + name) || GENERATED.contains(name) && own.startsWith(ROOT + name + ".");
  }

  private static boolean isGenerated(JavaClass each) {
    return GENERATED.stream().anyMatch(name -> each.getPackageName().startsWith(ROOT + name));
  }
}
