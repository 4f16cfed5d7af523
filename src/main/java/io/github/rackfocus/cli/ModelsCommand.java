package io.github.rackfocus.cli;

import io.github.rackfocus.onnx.Device;
import io.github.rackfocus.onnx.Manifest;
import io.github.rackfocus.onnx.ModelBundle;
import io.github.rackfocus.onnx.ModelBundle.GraphCheck;
import io.github.rackfocus.onnx.ModelException;
import io.github.rackfocus.onnx.ModelLibrary;
import io.github.rackfocus.onnx.OnnxConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackfocus models}: lists the models and verifies them. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists the available models; 'models verify' checks their files and results.")
final class ModelsCommand extends Subcommand {
  private static final String[] HEADINGS = {
    "NAME", "VERSION", "PLANES", "ITERATIONS", "FORM", "SIZE", "DESCRIPTION"
  };

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Folder of the models. Default: $RACKFOCUS_MODELS, else the application's own.")
  @Nullable Path folder;

  @Override
  public Integer call() {
    PrintWriter out = out();
    int exit = 0;
    List<String[]> rows = new ArrayList<>();
    rows.add(HEADINGS);
    List<String> faults = new ArrayList<>();
    try {
      ModelLibrary library = ModelLibrary.locate(folder);
      for (String name : library.names()) {
        try {
          rows.add(row(library.read(name)));
        } catch (ModelException e) {
          faults.add(e.getMessage());
        }
      }
    } catch (ModelException e) {
      faults.add(e.getMessage());
    }
    if (rows.size() > 1) {
      printAligned(out, rows);
    } else if (faults.isEmpty()) {
      out.println("No models in " + ModelLibrary.locate(folder).folder().toAbsolutePath());
    }
    for (String fault : faults) {
      err().println(fault);
      exit = 1;
    }
    return exit;
  }

  /** {@code rackfocus models verify}: checks hashes of files and outputs of graphs. */
  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Checks the hash of every model file, and that each graph reproduces its golden outputs.",
        "Exits with 1 if a check fails."
      })
  int verify(
      @Parameters(
              arity = "0..*",
              paramLabel = "NAME",
              description = "Models to check. Default: all.")
          @Nullable List<String> names,
      @Option(
              names = "--device",
              defaultValue = "cpu",
              paramLabel = "D",
              description =
                  "Where to run the graphs: cpu, cuda[:n] or auto. Default: ${DEFAULT-VALUE}.")
          String device,
      @Option(
              names = "--models",
              paramLabel = "DIR",
              description = "Folder of the models, as for 'models'.")
          @Nullable Path folderOfVerify) {
    OnnxConfig config = OnnxConfig.DEFAULTS.withDevice(parse(device));
    ModelLibrary library = ModelLibrary.locate(folderOfVerify == null ? folder : folderOfVerify);
    List<String> chosen;
    try {
      chosen = names == null || names.isEmpty() ? library.names() : names;
    } catch (ModelException e) {
      err().println(e.getMessage());
      return 1;
    }
    if (chosen.isEmpty()) {
      err().println(library.folder().toAbsolutePath() + ": contains no models");
      return 1;
    }
    boolean valid = true;
    for (String name : chosen) {
      valid &= verify(library, name, config);
    }
    return valid ? 0 : 1;
  }

  private boolean verify(ModelLibrary library, String name, OnnxConfig config) {
    PrintWriter out = out();
    try {
      ModelBundle bundle = library.read(name);
      out.printf(
          Locale.ROOT,
          "%s %s: %d files intact (%s)%n",
          name,
          bundle.identity().version(),
          bundle.manifest().files().size(),
          size(bundle.bytes()));
      List<String[]> rows = new ArrayList<>();
      for (GraphCheck check : bundle.verify(config)) {
        rows.add(
            new String[] {
              "  ok",
              check.graphs(),
              check.provider(),
              String.format(
                  Locale.ROOT,
                  "max difference %.1e, tolerance %.0e",
                  check.difference(),
                  check.tolerance())
            });
      }
      printAligned(out, rows);
      return true;
    } catch (ModelException e) {
      out.flush();
      err().println("failed: " + e.getMessage());
      return false;
    }
  }

  private Device parse(String device) {
    try {
      return Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw usageError("--" + e.getMessage(), e);
    }
  }

  private static String[] row(ModelBundle bundle) {
    Manifest manifest = bundle.manifest();
    String iterations =
        manifest.iterations().exported().stream()
            .map(k ->
                k == manifest.iterations().defaultNumber() ? "[" + k + "]" : Integer.toString(k))
            .collect(Collectors.joining(" "));
    boolean full = manifest.hasFull(manifest.iterations().defaultNumber());
    String form = manifest.twoStage() == null ? "full" : full ? "rolling, full" : "rolling";
    return new String[] {
      manifest.about().name(),
      manifest.about().version(),
      manifest.input().minPlanes() + "-" + manifest.input().maxPlanes(),
      iterations,
      form,
      size(bundle.bytes()),
      manifest.about().description()
    };
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static void printAligned(PrintWriter out, List<String[]> rows) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row[i]);
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - row[i].length() + 2));
        }
      }
      out.println(line);
    }
    out.flush();
  }
}
