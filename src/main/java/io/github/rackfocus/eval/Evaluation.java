package io.github.rackfocus.eval;

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
 * Carries a plan out: every model on every stack, each stack read once.
 *
 * @param results by noise, then model, then stack
 * @param failures a sentence for each model that could not take a stack
 * @param modelBytes bytes of each model's files, by its name; 0 for a method that has none
 */
public record Evaluation(
    EvaluationPlan plan,
    List<StackResult> results,
    List<String> failures,
    Map<String, Long> modelBytes) {

  /**
   * Runs a plan.
   *
   * @param factory makes the plan's models
   * @param nanoClock monotonic, nanoseconds
   * @param done told what was done, once for each result or failure
   * @throws IOException if a stack, a model or the output folder is unsound
   */
  public static Evaluation run(
      EvaluationPlan plan, EstimatorFactory factory, LongSupplier nanoClock, Consumer<String> done)
      throws IOException {
    Map<String, DepthEstimator> models = new LinkedHashMap<>();
    Map<String, Long> bytes = new LinkedHashMap<>();
    try {
      prepareOut(plan);
      for (String name : plan.models()) {
        models.put(name, factory.create(name));
        bytes.put(name, factory.bytes(name));
      }
      return new Run(plan, models, nanoClock, done).all(bytes);
    } finally {
      models.values().forEach(DepthEstimator::close);
    }
  }

  private static void prepareOut(EvaluationPlan plan) throws IOException {
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
          throw new IOException(
              folder + ": can't be made a folder to write to: " + e.getMessage(), e);
        }
        if (!Files.isWritable(folder)) {
          throw new IOException(folder + ": can't be written to; expected a writable folder");
        }
      }
    }
  }

  private record Key(double noise, String model) {}

  private static final class Run {
    private final EvaluationPlan plan;
    private final Map<String, DepthEstimator> models;
    private final StackEvaluator evaluator;
    private final Consumer<String> done;
    private final Map<Key, List<StackResult>> results = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    Run(
        EvaluationPlan plan,
        Map<String, DepthEstimator> models,
        LongSupplier nanoClock,
        Consumer<String> done) {
      this.plan = plan;
      this.models = models;
      this.evaluator = new StackEvaluator(plan.validOnly(), plan.repeats(), nanoClock);
      this.done = done;
      for (double noise : plan.noises()) {
        models.keySet().forEach(model -> results.put(new Key(noise, model), new ArrayList<>()));
      }
    }

    Evaluation all(Map<String, Long> bytes) throws IOException {
      for (Path folder : plan.folders()) {
        EvaluationStack stack = EvaluationStack.read(folder);
        for (double noise : plan.noises()) {
          EvaluationStack noisy = stack.withNoise(noise);
          for (Map.Entry<String, DepthEstimator> model : models.entrySet()) {
            one(model.getKey(), model.getValue(), noisy);
            done.accept(model.getKey() + " on " + stack.name());
          }
        }
      }
      List<StackResult> inOrder = results.values().stream().flatMap(List::stream).toList();
      return new Evaluation(plan, inOrder, List.copyOf(failures), Map.copyOf(bytes));
    }

    private void one(String name, DepthEstimator model, EvaluationStack stack) throws IOException {
      try {
        StackResult result = evaluator.evaluate(model, stack, pfm(name, stack));
        results.computeIfAbsent(new Key(stack.noise(), name), key -> new ArrayList<>()).add(result);
      } catch (IllegalArgumentException | DepthException e) {
        failures.add(name + " on " + stack.name() + ": " + e.getMessage());
      }
    }

    private @Nullable Path pfm(String model, EvaluationStack stack) {
      Path root = plan.out();
      return root == null
          ? null
          : plan.outFor(root, model, stack.noise()).resolve(stack.name() + ".pfm");
    }
  }
}
