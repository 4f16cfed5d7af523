package io.github.rackfocus.eval;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an evaluation: every model on every stack.
 *
 * @param results ordered by noise, then model, then stack
 * @param failures an error message per model and stack that failed
 * @param modelBytes size of each model's files by model name; 0 for a method without files
 */
public record Evaluation(
    EvaluationPlan plan,
    List<StackResult> results,
    List<String> failures,
    Map<String, Long> modelBytes) {

  /**
   * Runs a plan, reading each stack once.
   *
   * @param factory creates the models of the plan
   * @param nanoClock monotonic time, nanoseconds
   * @param onProgress called after each result or failure with a description of it
   * @throws IOException if a stack or model cannot be read or the output folder cannot be written
   */
  public static Evaluation run(
      EvaluationPlan plan,
      EstimatorFactory factory,
      LongSupplier nanoClock,
      Consumer<String> onProgress)
      throws IOException {
    Map<String, DepthEstimator> models = new LinkedHashMap<>();
    Map<String, Long> bytes = new LinkedHashMap<>();
    try {
      createOutputFolders(plan);
      for (String name : plan.models()) {
        models.put(name, factory.create(name));
        bytes.put(name, factory.bytes(name));
      }
      return new Run(plan, models, nanoClock, onProgress).evaluateAll(bytes);
    } finally {
      models.values().forEach(DepthEstimator::close);
    }
  }

  private static void createOutputFolders(EvaluationPlan plan) throws IOException {
    Path root = plan.out();
    if (root == null) {
      return;
    }
    for (String model : plan.models()) {
      for (double noise : plan.noises()) {
        Path folder = plan.outFor(root, model, noise);
        try {
          Files.createDirectories(folder);
        } catch (IOException e) {
          throw new IOException(folder + ": folder cannot be created: " + ErrorMessages.of(e), e);
        }
        if (!Files.isWritable(folder)) {
          throw new IOException(folder + ": is not writable; expected a writable folder");
        }
      }
    }
  }

  private record Key(double noise, String model) {}

  private static final class Run {
    private final EvaluationPlan plan;
    private final Map<String, DepthEstimator> models;
    private final StackEvaluator evaluator;
    private final Consumer<String> onProgress;
    private final Map<Key, List<StackResult>> results = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    Run(
        EvaluationPlan plan,
        Map<String, DepthEstimator> models,
        LongSupplier nanoClock,
        Consumer<String> onProgress) {
      this.plan = plan;
      this.models = models;
      this.evaluator = new StackEvaluator(plan.validOnly(), plan.repeats(), nanoClock);
      this.onProgress = onProgress;
      for (double noise : plan.noises()) {
        models.keySet().forEach(model -> results.put(new Key(noise, model), new ArrayList<>()));
      }
    }

    Evaluation evaluateAll(Map<String, Long> bytes) throws IOException {
      for (Path folder : plan.folders()) {
        EvaluationStack stack = EvaluationStack.read(folder);
        for (double noise : plan.noises()) {
          EvaluationStack shown = registered(stack.withNoise(noise));
          for (Map.Entry<String, DepthEstimator> model : models.entrySet()) {
            if (shown != null) {
              evaluate(model.getKey(), model.getValue(), shown);
            }
            onProgress.accept(model.getKey() + " on " + stack.name());
          }
        }
      }
      List<StackResult> inOrder = results.values().stream().flatMap(List::stream).toList();
      return new Evaluation(plan, inOrder, List.copyOf(failures), Map.copyOf(bytes));
    }

    private @Nullable EvaluationStack registered(EvaluationStack stack) {
      try {
        return stack.registered(plan.registration());
      } catch (IllegalArgumentException e) {
        failures.add(ErrorMessages.of(e));
        return null;
      }
    }

    private void evaluate(String name, DepthEstimator model, EvaluationStack stack)
        throws IOException {
      try {
        StackResult result = evaluator.evaluate(model, stack, pfm(name, stack));
        results
            .computeIfAbsent(new Key(stack.info().noise(), name), key -> new ArrayList<>())
            .add(result);
      } catch (IllegalArgumentException | DepthException e) {
        failures.add(name + " on " + stack.name() + ": " + ErrorMessages.of(e));
      }
    }

    private @Nullable Path pfm(String model, EvaluationStack stack) {
      Path root = plan.out();
      return root == null
          ? null
          : plan.outFor(root, model, stack.info().noise()).resolve(stack.name() + ".pfm");
    }
  }
}
