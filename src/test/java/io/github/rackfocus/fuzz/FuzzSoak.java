package io.github.rackfocus.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the harnesses with Jazzer, one process after the other, for a number of executions that
 * their shares divide, and prints a table. Findings and new inputs are below {@code target/fuzz}.
 *
 * <pre>{@code FuzzSoak [EXECUTIONS] [HARNESS...]}</pre>
 */
public final class FuzzSoak {
  private static final long EXECUTIONS = 12_000_000;
  private static final Path WORK = Path.of("target", "fuzz");
  private static final Pattern PROGRESS =
      Pattern.compile("#(\\d+)\\s+\\w+.*cov: (\\d+) ft: (\\d+) corp: (\\d+)/.*");
  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");

  /** A process that allocates much more than its heap has a leak of native memory. */
  private static final int RSS_MEGABYTES = 4096;

  private static final int LONGEST_INPUT_SECONDS = 30;
  private static final int LONGEST_INPUT_BYTES = 4096;
  private static final int MAX_FINDINGS = 20;

  private final PrintStream out;

  private FuzzSoak(PrintStream out) {
    this.out = out;
  }

  /** What a harness did. */
  private record Result(
      FuzzTarget target,
      long executions,
      double seconds,
      int crashes,
      String corpus,
      String cover) {}

  /** Exits with 1 if a harness found something, with 2 for wrong arguments. */
  public static void main(String[] args) throws Exception {
    List<FuzzTarget> targets;
    long executions;
    try {
      boolean counted = args.length > 0 && args[0].matches("[0-9]+");
      executions = counted ? Long.parseLong(args[0]) : EXECUTIONS;
      targets = Arrays.stream(args).skip(counted ? 1 : 0).map(FuzzTarget::of).toList();
    } catch (IllegalArgumentException e) {
      System.err.println("fuzz: " + e.getMessage());
      System.exit(2);
      return;
    }
    boolean sound =
        new FuzzSoak(System.out)
            .run(executions, targets.isEmpty() ? List.of(FuzzTarget.values()) : targets);
    System.exit(sound ? 0 : 1);
  }

  private boolean run(long executions, List<FuzzTarget> targets)
      throws IOException, InterruptedException {
    double shares = targets.stream().mapToDouble(FuzzTarget::share).sum();
    List<Result> results = new ArrayList<>();
    for (FuzzTarget target : targets) {
      results.add(run(target, (long) Math.ceil(executions * target.share() / shares)));
    }
    out.printf(
        Locale.ROOT,
        "%n%-10s %12s %8s %8s %8s %9s%n",
        "harness",
        "executions",
        "seconds",
        "crashes",
        "corpus",
        "coverage");
    for (Result each : results) {
      out.printf(
          Locale.ROOT,
          "%-10s %,12d %8.0f %8d %8s %9s%n",
          each.target().key(),
          each.executions(),
          each.seconds(),
          each.crashes(),
          each.corpus(),
          each.cover());
    }
    int crashes = results.stream().mapToInt(Result::crashes).sum();
    out.printf(
        Locale.ROOT,
        "%-10s %,12d %8.0f %8d%n",
        "all",
        results.stream().mapToLong(Result::executions).sum(),
        results.stream().mapToDouble(Result::seconds).sum(),
        crashes);
    return crashes == 0;
  }

  private Result run(FuzzTarget target, long runs) throws IOException, InterruptedException {
    Path folder = WORK.resolve(target.key());
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command(target, runs, folder, corpus)).redirectErrorStream(true).start();
    long executions = 0;
    int crashes = 0;
    boolean ended = false;
    String size = "?";
    String cover = "?";
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        PrintStream log = new PrintStream(folder.resolve("log").toFile(), StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.println(line);
        Matcher progress = PROGRESS.matcher(line);
        Matcher executed = EXECUTED.matcher(line);
        if (progress.matches()) {
          executions = Long.parseLong(progress.group(1));
          cover = progress.group(2);
          size = progress.group(4);
          if (line.contains("pulse") || line.contains("DONE")) {
            out.printf(
                Locale.ROOT,
                "%s: %,d of %,d executions, coverage %s, %d crashes%n",
                target.key(),
                executions,
                runs,
                cover,
                crashes);
          }
          ended |= line.contains("DONE");
        } else if (executed.matches()) {
          executions = Math.max(executions, Long.parseLong(executed.group(1)));
        } else if (line.contains("== Java Exception:")
            || line.contains("== Java Assertion Error")) {
          crashes++;
          out.println(target.key() + ": " + line);
        }
      }
    }
    int exit = process.waitFor();
    if (!ended && crashes == 0) {
      crashes++;
      out.println(target.key() + ": ended early with " + exit + ", see " + folder.resolve("log"));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Result(target, executions, seconds, crashes, size, cover);
  }

  private static List<String> command(FuzzTarget target, long runs, Path folder, Path corpus) {
    Path memory = Path.of("/dev/shm");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-D" + JazzerEntry.PROPERTY + "=" + target.key());
    command.add("-Dlogback.configurationFile=logback-fuzz.xml");
    if (Files.isWritable(memory)) {
      command.add("-Djava.io.tmpdir=" + memory);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + JazzerEntry.class.getName());
    command.add("--instrumentation_includes=io.github.rackfocus.**");
    command.add("--keep_going=" + MAX_FINDINGS);
    command.add("--reproducer_path=" + folder);
    command.add("-runs=" + runs);
    command.add("-seed=20261128");
    command.add("-max_len=" + LONGEST_INPUT_BYTES);
    command.add("-timeout=" + LONGEST_INPUT_SECONDS);
    command.add("-rss_limit_mb=" + RSS_MEGABYTES);
    command.add("-print_final_stats=1");
    command.add("-artifact_prefix=" + folder + "/");
    command.add(corpus.toString());
    command.add(FuzzCorpus.folder(target).toString());
    return command;
  }
}
