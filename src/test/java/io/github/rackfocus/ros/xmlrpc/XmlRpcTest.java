package io.github.rackfocus.ros.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.RosException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlRpcTest {
  @Test
  void shouldReadBackAllKindsOfValues() {
    Map<String, Object> struct = new LinkedHashMap<>();
    struct.put("a <b> & c", List.of(1, List.of(), true, -2.5, "  two\r\n&<>\" "));
    struct.put("empty", Map.of());
    XmlRpcReader.Call call =
        XmlRpcReader.readCall(XmlRpcWriter.call("m", List.of(struct, "", "é😀")));
    assertThat(call.method()).isEqualTo("m");
    assertThat(call.parameters()).isEqualTo(List.of(struct, "", "é😀"));
    byte[] bytes = {0, -1, 7};
    XmlRpcReader.Call binary = XmlRpcReader.readCall(XmlRpcWriter.call("m", List.of(bytes)));
    assertThat(binary.parameters().get(0)).isEqualTo(bytes);
  }

  @Property(seed = "20261120", tries = 300)
  void shouldReadBackAnyValueOrSayWhatCannotBeSent(
      @ForAll String text, @ForAll int integer, @ForAll double number, @ForAll boolean truth) {
    List<Object> values = List.of(text, integer, number, truth);
    try {
      byte[] sent = XmlRpcWriter.call("m", values);
      assertThat(XmlRpcReader.readCall(sent).parameters()).isEqualTo(values);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("XML cannot represent the character U+");
    }
  }

  @Test
  void shouldReadTheFormsThatOtherClientsWrite() throws Exception {
    String response =
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n"
            + "<value><int>1</int></value>\n<value>bare</value><!-- x -->\n<value><string></string></value>\n"
            + "<value></value><value><boolean>1</boolean></value>"
            + "<value><base64>AQI\n=</base64></value></data></array></value>\n</param>\n</params>\n</methodResponse>\n";
    assertThat((List<?>) XmlRpcReader.readResponse(response.getBytes(UTF_8)))
        .asString()
        .startsWith("[1, bare, , , true, ");
  }

  @Test
  void shouldReadTextsOfMegabytesWithManyEscapes() {
    String description = "<link name=\"a & b\"/>".repeat(100_000);
    byte[] call = XmlRpcWriter.call("m", List.of(description));
    assertThat(XmlRpcReader.readCall(call).parameters()).isEqualTo(List.of(description));
  }

  @Test
  void shouldTurnAFaultIntoAnException() {
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> XmlRpcReader.readResponse(XmlRpcWriter.fault("no <such> method")))
        .withMessage("fault: no <such> method");
  }

  @Test
  void shouldNotOpenFilesNamedByEntities(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "the secret");
    String text =
        "<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]>"
            + "<methodCall><methodName>m</methodName><params><param><value><string>&x;</string></value>"
            + "</param></params></methodCall>";
    assertRefused(text);
  }

  @Test
  void shouldNotUnfoldABomb() {
    StringBuilder text =
        new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY a0 \"aaaaaaaaaa\">");
    for (int i = 1; i < 12; i++) {
      text.append("<!ENTITY a")
          .append(i)
          .append(" \"")
          .append(("&a" + (i - 1) + ";").repeat(10))
          .append("\">");
    }
    text.append("]><methodCall><methodName>&a11;</methodName></methodCall>");
    assertRefused(text.toString());
  }

  @Test
  void shouldRefuseDepthWithoutEnd() {
    String nested = "<value><array><data>".repeat(5000);
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> XmlRpcReader.readCall(callWith(nested)))
        .withMessageContaining("64 levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no xml",
        "<methodCall>",
        "<methodCall/>",
        "<methodResponse/>",
        "<methodCall><methodName>m</methodName><params><param><value><i4>x</i4></value></param></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value><i4>3000000000</i4></value></param></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value><boolean>2</boolean></value></param></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value><base64>*</base64></value></param></params></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value><money>1</money></value></param></params></methodCall>",
        "<methodCall><methodName>m</methodName><params>text</params></methodCall>",
        "<methodCall><methodName><b/></methodName></methodCall>",
        "<methodCall><methodName>m</methodName><params><param><value><i4>1</i4>"
      })
  void shouldRefuseMalformedTexts(String text) {
    assertRefused(text);
  }

  @Property(seed = "20261120", tries = 300)
  void shouldReadOrRefuseAnyBytes(@ForAll @Size(max = 200) byte[] bytes) {
    try {
      XmlRpcReader.readCall(bytes);
    } catch (MalformedMessageException e) {
      assertThat(e).hasMessageStartingWith("malformed XML-RPC");
    }
  }

  @Test
  void shouldRefuseToWriteWhatXmlCannotHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> XmlRpcWriter.response("\u0001"))
        .withMessage("XML cannot represent the character U+0001");
    assertThatIllegalArgumentException().isThrownBy(() -> XmlRpcWriter.response(7L));
  }

  private static byte[] callWith(String value) {
    return ("<methodCall><methodName>m</methodName><params><param>" + value).getBytes(UTF_8);
  }

  private static void assertRefused(String text) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> XmlRpcReader.readCall(text.getBytes(UTF_8)))
        .withMessageStartingWith("malformed XML-RPC");
  }
}
