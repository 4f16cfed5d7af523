package io.github.rackfocus.cli;

import io.github.rackfocus.eval.EstimatorFactory;
import io.github.rackfocus.eval.Evaluation;
import io.github.rackfocus.eval.EvaluationPlan;
import io.github.rackfocus.eval.EvaluationReport;
import io.github.rackfocus.eval.EvaluationTable;
import io.github.rackfocus.eval.StackGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackfocus eval}: models on stacks with ground truth, by the field's metrics. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs models on stack folders, writes their depth maps and judges them by ground truth.",
      "Metrics and their formulas: docs/metrics.md."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:a stack, a model or a file failed", "2:wrong use"})
public final class EvalCommand implements Callable<Integer> {
  private static final int DONE = 0;
  private static final int FAILED = 1;

  /** Makes the factory of the models once it is known how they are to run. */
  public interface Models {
    /**
     * The factory for these settings.
     *
     * @param iterations proximal iterations, null for each model's default
     * @param device {@code cpu}, {@code cuda[:n]} or {@code auto}
     * @param threads of inference, 0 for as many as there are cores
     * @throws IllegalArgumentException if a setting is wrong; says what was found and expected
     * @throws IOException if the models can't be had, in a sentence for the operator
     */
    EstimatorFactory with(@Nullable Integer iterations, String device, int threads)
        throws IOException;
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "STACKS_DIR",
      description = "A folder of stack folders, or one stack folder.")
  private Path stacks = Path.of("");

  @Option(
      names = "--model",
      split = ",",
      paramLabel = "M",
      description = "Models to run, or 'all'. Default: all.")
  private List<String> models = List.of("all");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Writes DIR/MODEL/STACK.pfm: metres, or the file's own index values, of every pixel.")
  private @Nullable Path out;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes every figure as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--valid-only",
      description = "Judges only the pixels whose depth would be published.")
  private boolean validOnly;

  @Option(
      names = "--iterations",
      paramLabel = "K",
      description = "Proximal iterations. Default: each model's own.")
  private @Nullable Integer iterations;

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "cpu",
      description = "cpu, cuda[:n] or auto. Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of inference, 0 for one a core. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--noise",
      split = ",",
      paramLabel = "SIGMA",
      description =
          "Adds Gaussian noise to the luma, of 255; several give a table each. Default: 0.")
  private List<Double> noises = List.of(0.0);

  @Option(
      names = "--group",
      paramLabel = "NAME=GLOBS",
      description =
          "A further mean over the stacks that match, such as 'hci=hci-*,!hci-greek'; repeatable.")
  private List<String> groups = List.of();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Timed runs of each stack after one that is not. Default: ${DEFAULT-VALUE}.")
  private int repeats;

  private final Models source;

  /**
   * @param source where the models come from
   */
  public EvalCommand(Models source) {
    this.source = source;
  }

  @Override
  public Integer call() {
    checkNumbers();
    List<StackGroup> means = groups.stream().map(this::group).toList();
    try {
      EstimatorFactory factory = factory();
      List<String> chosen = chosen(factory.names());
      List<Path> folders = EvaluationPlan.stackFolders(stacks);
      checkGroups(means, folders);
      checkJson();
      EvaluationPlan plan =
          new EvaluationPlan(
              folders,
              chosen,
              List.copyOf(new LinkedHashSet<>(noises)),
              validOnly,
              repeats,
              out,
              means);
      return report(run(plan, factory));
    } catch (IOException e) {
      spec().commandLine().getErr().println("rackfocus eval: " + e.getMessage());
      return FAILED;
    }
  }

  private EstimatorFactory factory() throws IOException {
    try {
      return source.with(iterations, device, threads);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Evaluation run(EvaluationPlan plan, EstimatorFactory factory) throws IOException {
    try (Progress progress = new Progress("eval", plan.size())) {
      return Evaluation.run(plan, factory, System::nanoTime, progress::step);
    }
  }

  private int report(Evaluation evaluation) throws IOException {
    spec().commandLine().getOut().print(EvaluationTable.of(evaluation));
    spec().commandLine().getOut().flush();
    if (json != null) {
      EvaluationReport.write(evaluation, json);
    }
    for (String failure : evaluation.failures()) {
      spec().commandLine().getErr().println("rackfocus eval: " + failure);
    }
    return evaluation.failures().isEmpty() ? DONE : FAILED;
  }

  private List<String> chosen(List<String> names) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String model : models) {
      if (model.equals("all")) {
        chosen.addAll(names);
      } else if (names.contains(model)) {
        chosen.add(model);
      } else {
        throw wrong(
            "model '"
                + model
                + "' does not exist; expected all or some of "
                + String.join(", ", names));
      }
    }
    return List.copyOf(chosen);
  }

  private void checkNumbers() {
    if (repeats < 1 || repeats > 1000) {
      throw wrong("--repeats is " + repeats + "; expected 1 to 1000");
    }
    if (threads < 0) {
      throw wrong("--threads is " + threads + "; expected 0 or more");
    }
    if (iterations != null && iterations < 0) {
      throw wrong("--iterations is " + iterations + "; expected 0 or more");
    }
    for (double noise : noises) {
      if (!(noise >= 0 && noise <= 255)) {
        throw wrong("--noise is " + noise + "; expected 0 to 255");
      }
    }
  }

  private StackGroup group(String text) {
    try {
      return StackGroup.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong("--group: " + e.getMessage());
    }
  }

  private void checkGroups(List<StackGroup> means, List<Path> folders) {
    for (StackGroup group : means) {
      if (folders.stream().noneMatch(folder -> group.matches(name(folder)))) {
        throw wrong("--group " + group.name() + " matches no stack in " + stacks);
      }
    }
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  /** Found now, and not after minutes of work. */
  private void checkJson() throws IOException {
    if (json == null) {
      return;
    }
    Path parent = json.toAbsolutePath().getParent();
    if (Files.isDirectory(json) || parent == null || !Files.isWritable(parent)) {
      throw new IOException(json + ": can't be written; expected a file in a writable folder");
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec().commandLine(), sentence);
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("eval was not started by its command line");
    }
    return spec;
  }
}
