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
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackfocus models}: which models there are, and whether they are sound. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists the model bundles; 'models verify' checks them.")
public final class ModelsCommand implements Callable<Integer> {
  private static final String[] HEADINGS = {
    "NAME", "VERSION", "PLANES", "ITERATIONS", "FORM", "SIZE", "DESCRIPTION"
  };

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Folder of the bundles (default: RACKFOCUS_MODELS, else the application's own).")
  @Nullable Path folder;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = out(spec);
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
      out.println("no models in " + ModelLibrary.locate(folder).folder().toAbsolutePath());
    }
    for (String fault : faults) {
      err(spec).println(fault);
      exit = 1;
    }
    return exit;
  }

  /** {@code rackfocus models verify}: checks files, graphs and golden vectors. */
  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Checks the hash of every file and the golden vectors of all graphs.",
        "Exit code 1 if any check fails."
      })
  int verify(
      @Parameters(arity = "0..*", paramLabel = "NAME", description = "Default: all models.")
          @Nullable List<String> names,
      @Option(
              names = "--device",
              defaultValue = "cpu",
              paramLabel = "D",
              description = "cpu, cuda, cuda:n or auto (default: ${DEFAULT-VALUE}).")
          String device,
      @Option(
              names = "--models",
              paramLabel = "DIR",
              description = "Folder of the bundles, as for 'models'.")
          @Nullable Path folderOfVerify) {
    OnnxConfig options = OnnxConfig.DEFAULTS.withDevice(parse(device));
    ModelLibrary library = ModelLibrary.locate(folderOfVerify == null ? folder : folderOfVerify);
    List<String> chosen;
    try {
      chosen = names == null || names.isEmpty() ? library.names() : names;
    } catch (ModelException e) {
      err(spec).println(e.getMessage());
      return 1;
    }
    if (chosen.isEmpty()) {
      err(spec).println(library.folder().toAbsolutePath() + ": holds no models; expected one");
      return 1;
    }
    boolean sound = true;
    for (String name : chosen) {
      sound &= verify(library, name, options);
    }
    return sound ? 0 : 1;
  }

  private boolean verify(ModelLibrary library, String name, OnnxConfig options) {
    PrintWriter out = out(spec);
    try {
      ModelBundle bundle = library.read(name);
      out.printf(
          "%s %s: %d files sound (%s)%n",
          name,
          bundle.identity().version(),
          bundle.manifest().files().size(),
          size(bundle.bytes()));
      List<String[]> rows = new ArrayList<>();
      for (GraphCheck check : bundle.verify(options)) {
        rows.add(
            new String[] {
              "  ok",
              check.graphs(),
              check.provider(),
              String.format(
                  Locale.ROOT, "off by %.1e of %.0e", check.difference(), check.tolerance())
            });
      }
      printAligned(out, rows);
      return true;
    } catch (ModelException e) {
      out.flush();
      err(spec).println("failed: " + e.getMessage());
      return false;
    }
  }

  private Device parse(String device) {
    try {
      return Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec(spec).commandLine(), "--" + e.getMessage(), e);
    }
  }

  private static String[] row(ModelBundle bundle) {
    Manifest manifest = bundle.manifest();
    String iterations =
        manifest.iterations().exported().stream()
            .map(k -> k == manifest.iterations().defaultNumber() ? "[" + k + "]" : Integer.toString(k))
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

  private static PrintWriter out(@Nullable CommandSpec spec) {
    return spec(spec).commandLine().getOut();
  }

  private static PrintWriter err(@Nullable CommandSpec spec) {
    return spec(spec).commandLine().getErr();
  }

  private static CommandSpec spec(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("the command runs through picocli only");
    }
    return spec;
  }
}
