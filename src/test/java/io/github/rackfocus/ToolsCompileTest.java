package io.github.rackfocus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools that the documents run from source must compile against the classes as they are. */
class ToolsCompileTest {
  @TempDir private Path classes;

  @Test
  void shouldCompileTheToolsOfTheTraining() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (Stream<Path> listed = Files.walk(Path.of("training/tools"));
        StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      List<Path> tools = listed.filter(path -> path.toString().endsWith(".java")).toList();
      assertThat(tools).isNotEmpty();
      List<String> options =
          List.of(
              "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(tools))
              .call();
      assertThat(compiled).as("%s", found.getDiagnostics()).isTrue();
    }
  }
}
