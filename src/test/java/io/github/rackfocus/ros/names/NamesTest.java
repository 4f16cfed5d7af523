package io.github.rackfocus.ros.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.net.Hosts;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "image,/robot/image",
    "/image,/image",
    "~gain,/robot/depth/gain",
    "~/gain,/robot/depth/gain",
    "a//b/,/robot/a/b",
    "'',/robot",
    "lens_state,/robot/lens/left",
    "~debug,/debug",
    "~1x,/robot/depth/1x",
    "~_hidden,/robot/depth/_hidden"
  })
  void shouldResolveNamesByNamespaceNodeAndRemapping(String name, String expected) {
    NodeConfiguration configuration =
        configuration(Map.of("ROS_NAMESPACE", "robot"), "lens_state:=lens/left", "~debug:=/debug");
    assertThat(configuration.nameResolver().resolve(name)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1image", "_image", "im age", "a-b", "a~b", "/1/é"})
  void shouldRefuseWhatIsNoName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GraphName.of(name))
        .withMessageContaining("is not a ROS name");
  }

  @Test
  void shouldRemapByResolvedNamesWhateverTheirForm() {
    NodeConfiguration configuration = configuration(Map.of(), "/robot/a:=b", "__ns:=/robot");
    assertThat(configuration.nameResolver().resolve("a")).hasToString("/robot/b");
    assertThat(configuration.nameResolver().resolve("/a")).hasToString("/a");
  }

  @Test
  void shouldPreferTheCommandLineToTheEnvironment() {
    Map<String, String> environment =
        Map.of(
            "ROS_NAMESPACE", "outer",
            "ROS_MASTER_URI", "http://elsewhere:1",
            "ROS_IP", "10.0.0.1",
            "ROS_HOSTNAME", "robot");
    NodeConfiguration plain = configuration(environment);
    assertThat(plain.nodeName()).hasToString("/outer/depth");
    assertThat(plain.masterUri()).isEqualTo(URI.create("http://elsewhere:1"));
    assertThat(plain.host()).isEqualTo("robot");

    NodeConfiguration given =
        configuration(
            environment,
            "__name:=eye",
            "__ns:=inner",
            "__master:=http://here:2",
            "__ip:=10.0.0.2",
            "__log:=/tmp/x");
    assertThat(given.nodeName()).hasToString("/inner/eye");
    assertThat(given.masterUri()).isEqualTo(URI.create("http://here:2"));
    assertThat(given.host()).isEqualTo("10.0.0.2");
    assertThat(given.logFile()).isEqualTo("/tmp/x");
    assertThat(configuration(environment, "__ip:=10.0.0.2", "__hostname:=me").host())
        .isEqualTo("me");
  }

  @Test
  void shouldFallBackAsRosDoes() {
    NodeConfiguration configuration = configuration(Map.of("ROS_NAMESPACE", ""));
    assertThat(configuration.nodeName()).hasToString("/depth");
    assertThat(configuration.masterUri()).isEqualTo(URI.create("http://localhost:11311"));
    assertThat(configuration.host()).isNull();
  }

  @Test
  void shouldReadPrivateParametersWithTheirTypesAndKeepTheRest() {
    NodeConfiguration configuration =
        configuration(
            Map.of(),
            "run",
            "_a:=7",
            "_b:=-2.5e1",
            "_c:=true",
            "_d:=seven",
            "_e:=",
            "_f:=3000000000",
            "--config",
            "x=y");
    assertThat(configuration.privateParameters())
        .isEqualTo(Map.of("a", 7, "b", -25.0, "c", true, "d", "seven", "e", "", "f", 3e9));
    assertThat(configuration.remainingArguments()).containsExactly("run", "--config", "x=y");
  }

  @ParameterizedTest
  @CsvSource({
    "__master:=localhost:11311,expected http://HOST:PORT",
    "__name:=a/b,is not a base name",
    "__ip:=http://host,expected a host",
    "a b:=c,is not a ROS name"
  })
  void shouldSayWhatIsWrongWithAnArgument(String argument, String said) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration(Map.of(), argument))
        .withMessageContaining(said);
  }

  @Test
  void shouldRemapSearchedNamesAsTheyAreWritten() {
    NameResolver names = configuration(Map.of(), "gain:=boost").nameResolver();
    assertThat(names.searchKey("gain")).isEqualTo("boost");
    assertThat(names.searchKey("planes")).isEqualTo("planes");
  }

  @Test
  void shouldTakeHostsWithUnderscoresAsContainersHaveThem() throws Exception {
    NodeConfiguration configuration = configuration(Map.of(), "__master:=http://ros_master:11311");
    assertThat(configuration.masterUri()).hasToString("http://ros_master:11311");
    assertThat(Hosts.isHttp("http://a_b:65536/")).isFalse();
    assertThat(Hosts.isHttp("rosrpc://a_b:1")).isFalse();
    assertThat(Hosts.address("rosrpc://127.0.0.1:41")).hasToString("/127.0.0.1:41");
    assertThat(Hosts.address("rosrpc://no port")).isNull();
    URI plain = URI.create("http://robot:1/");
    assertThat(Hosts.callable(plain)).isSameAs(plain);
    assertThatExceptionOfType(UnknownHostException.class)
        .isThrownBy(() -> Hosts.callable(URI.create("http://no_such_host_.invalid:1/")));
  }

  @Test
  void shouldBoundTheLongestMessage() {
    NodeConfiguration configuration = configuration(Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration.withMaxMessageBytes(0))
        .withMessageContaining("expected 1 to 2147479551");
  }

  @Test
  void shouldListenWhereTheConfigurationSays() throws Exception {
    assertThat(Hosts.bind("127.0.0.1").getAddress().isLoopbackAddress()).isTrue();
    assertThat(Hosts.bind("localhost").getAddress().isLoopbackAddress()).isTrue();
    assertThat(Hosts.bind("192.0.2.7").getAddress().isAnyLocalAddress()).isTrue();
    assertThat(Hosts.bind(null).getAddress().isAnyLocalAddress()).isTrue();
    assertThat(Hosts.advertised("192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(Hosts.advertised(null)).isNotEmpty();
  }

  private static NodeConfiguration configuration(
      Map<String, String> environment, String... arguments) {
    return NodeConfiguration.fromCommandLine(List.of(arguments), environment, "depth");
  }
}
