package io.github.rackfocus.cli;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.eval.EstimatorFactory;
import io.github.rackfocus.eval.Evaluation;
import io.github.rackfocus.eval.EvaluationPlan;
import io.github.rackfocus.eval.EvaluationReport;
import io.github.rackfocus.eval.EvaluationTable;
import io.github.rackfocus.eval.StackGroup;
import io.github.rackfocus.registration.RegistrationMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackfocus eval}: evaluates models on focal stacks with ground truth. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs models on recorded focal stacks and compares their depth with the ground truth.",
      "Explanation of all metrics: docs/metrics.md."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:success", "1:a stack, a model or a file failed", "2:wrong usage"})
final class EvalCommand extends Subcommand {
  /** Creates the factory of the models from the command line's inference options. */
  interface Models {
    /**
     * Returns a factory that opens models with these options.
     *
     * @param iterations refinement iterations, null for each model's default
     * @param device {@code cpu}, {@code cuda[:n]} or {@code auto}
     * @param threads inference threads, 0 for one per core
     * @throws IllegalArgumentException if an option is invalid
     * @throws IOException if the models are unavailable; the message is for the operator
     */
    EstimatorFactory with(@Nullable Integer iterations, String device, int threads)
        throws IOException;
  }

  @Parameters(
      paramLabel = "STACKS_DIR",
      description = "A folder of stack folders, or a single stack folder.")
  private Path stacks = Path.of("");

  @Option(
      names = "--model",
      split = ",",
      paramLabel = "M",
      description = "Models to evaluate, or 'all'. Default: all.")
  private List<String> models = List.of("all");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Writes the depth of every pixel to DIR/MODEL/STACK.pfm, in metres or in the index values"
              + " of the stack.")
  private @Nullable Path out;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all results to a JSON file.")
  private @Nullable Path json;

  @Option(
      names = "--registration",
      paramLabel = "MODE",
      description =
          "Which motion between the images of a stack is removed: of lens and camera (auto, full),"
              + " of the lens, or none (off). Default: ${DEFAULT-VALUE}.")
  private RegistrationMode registration = RegistrationMode.AUTO;

  @Option(
      names = "--valid-only",
      description = "Evaluates only the pixels whose depth would be published.")
  private boolean validOnly;

  @Option(
      names = "--iterations",
      paramLabel = "K",
      description = "Refinement iterations. Default: each model's own default.")
  private @Nullable Integer iterations;

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "cpu",
      description = "Where to run the models: cpu, cuda[:n] or auto. Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Inference threads; 0 for one per core. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--noise",
      split = ",",
      paramLabel = "SIGMA",
      description =
          "Standard deviations of Gaussian noise to add to the luma (0 to 255), one table each."
              + " Default: 0.")
  private List<Double> noises = List.of(0.0);

  @Option(
      names = "--group",
      paramLabel = "NAME=GLOBS",
      description =
          "Adds a mean over the matching stacks, such as 'hci=hci-*,!hci-greek'; repeatable.")
  private List<String> groups = List.of();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "3",
      description = "Timed runs per stack, after one warm-up run. Default: ${DEFAULT-VALUE}.")
  private int repeats;

  private final Models factories;

  EvalCommand(Models factories) {
    this.factories = factories;
  }

  @Override
  public Integer call() {
    checkNumbers();
    List<StackGroup> parsedGroups = groups.stream().map(this::parseGroup).toList();
    try {
      EstimatorFactory factory = factory();
      List<String> chosen = chosen(factory.names());
      List<Path> folders = EvaluationPlan.stackFolders(stacks);
      checkGroups(parsedGroups, folders);
      OutputFile.checkWritable(json);
      EvaluationPlan plan =
          new EvaluationPlan(
              folders,
              chosen,
              List.copyOf(new LinkedHashSet<>(noises)),
              registration,
              validOnly,
              repeats,
              out,
              parsedGroups);
      return report(run(plan, factory));
    } catch (IOException e) {
      err().println("rackfocus eval: " + e.getMessage());
      return Rackfocus.FAILED;
    }
  }

  private EstimatorFactory factory() throws IOException {
    try {
      return factories.with(iterations, device, threads);
    } catch (IllegalArgumentException e) {
      throw usageError(ErrorMessages.of(e));
    }
  }

  private static Evaluation run(EvaluationPlan plan, EstimatorFactory factory) throws IOException {
    try (Progress progress = new Progress("evaluating", plan.size())) {
      return Evaluation.run(plan, factory, System::nanoTime, progress::step);
    }
  }

  private int report(Evaluation evaluation) throws IOException {
    out().print(EvaluationTable.of(evaluation));
    out().flush();
    if (json != null) {
      EvaluationReport.write(evaluation, json);
    }
    for (String failure : evaluation.failures()) {
      err().println("rackfocus eval: " + failure);
    }
    return evaluation.failures().isEmpty() ? 0 : Rackfocus.FAILED;
  }

  private List<String> chosen(List<String> names) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String model : models) {
      if (model.equals("all")) {
        chosen.addAll(names);
      } else if (names.contains(model)) {
        chosen.add(model);
      } else {
        throw usageError(
            "--model is '" + model + "'; expected all or some of " + String.join(", ", names));
      }
    }
    return List.copyOf(chosen);
  }

  private void checkNumbers() {
    if (repeats < 1 || repeats > 1000) {
      throw usageError("--repeats is " + repeats + "; expected 1 to 1000");
    }
    if (threads < 0) {
      throw usageError("--threads is " + threads + "; expected 0 or more");
    }
    if (iterations != null && iterations < 0) {
      throw usageError("--iterations is " + iterations + "; expected 0 or more");
    }
    for (double noise : noises) {
      if (!(noise >= 0 && noise <= 255)) {
        throw usageError("--noise is " + noise + "; expected 0 to 255");
      }
    }
  }

  private StackGroup parseGroup(String text) {
    try {
      return StackGroup.parse(text);
    } catch (IllegalArgumentException e) {
      throw usageError("--group: " + e.getMessage());
    }
  }

  private void checkGroups(List<StackGroup> parsedGroups, List<Path> folders) {
    for (StackGroup group : parsedGroups) {
      if (folders.stream().noneMatch(folder -> group.matches(name(folder)))) {
        throw usageError("--group " + group.name() + " matches no stack in " + stacks);
      }
    }
  }

  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }
}
