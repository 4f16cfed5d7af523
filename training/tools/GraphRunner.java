import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs graphs with float inputs and outputs on ONNX Runtime, for programs without a runtime of
 * their own.
 *
 * <p>java -cp onnxruntime.jar GraphRunner.java JOBS: a text file with one tab-separated job per line:
 *
 * <ul>
 *   <li>{@code run GRAPH INPUT OUTPUT}: writes all outputs of the graph
 *   <li>{@code time ROUNDS THREADS INPUT GRAPH...}: runs the graphs in turn on the same input and
 *       prints {@code GRAPH median fastest} for each, in milliseconds
 * </ul>
 *
 * <p>Files are little-endian: int32 number of tensors; for each, int32 length of its name, the name,
 * int32 rank, int32 dimensions, float32 values.
 */
public final class GraphRunner {
  private static final int WARM_UP = 5;

  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println("expected a file of jobs");
      System.exit(2);
    }
    Map<String, OrtSession> open = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] job = line.split("\t");
      if (job.length == 4 && job[0].equals("run")) {
        if (!open.containsKey(job[1])) {
          // One at a time: a graph with all intermediate values as outputs needs much memory.
          for (OrtSession each : open.values()) {
            each.close();
          }
          open.clear();
          open.put(job[1], session(job[1], 1));
        }
        run(open.get(job[1]), Path.of(job[2]), Path.of(job[3]));
      } else if (job.length > 4 && job[0].equals("time")) {
        List<String> graphs = Arrays.asList(job).subList(4, job.length);
        time(Integer.parseInt(job[1]), Integer.parseInt(job[2]), Path.of(job[3]), graphs);
      } else {
        System.err.println("unknown job: " + line);
        System.exit(2);
      }
    }
  }

  private static OrtSession session(String graph, int threads) throws Exception {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return OrtEnvironment.getEnvironment().createSession(graph, options);
    }
  }

  private static void run(OrtSession session, Path input, Path output) throws Exception {
    Map<String, OnnxTensor> inputs = read(input);
    try (OrtSession.Result result = session.run(inputs)) {
      write(result, session, output);
    }
    inputs.values().forEach(OnnxTensor::close);
  }

  private static void time(int rounds, int threads, Path input, List<String> graphs)
      throws Exception {
    Map<String, OnnxTensor> inputs = read(input);
    OrtSession[] sessions = new OrtSession[graphs.size()];
    double[][] millis = new double[graphs.size()][rounds];
    for (int g = 0; g < sessions.length; g++) {
      sessions[g] = session(graphs.get(g), threads);
    }
    for (int i = -WARM_UP; i < rounds; i++) {
      for (int g = 0; g < sessions.length; g++) {
        long begun = System.nanoTime();
        sessions[g].run(inputs).close();
        if (i >= 0) {
          millis[g][i] = (System.nanoTime() - begun) / 1e6;
        }
      }
    }
    for (int g = 0; g < sessions.length; g++) {
      Arrays.sort(millis[g]);
      System.out.println(graphs.get(g) + "\t" + millis[g][rounds / 2] + "\t" + millis[g][0]);
      sessions[g].close();
    }
  }

  private static Map<String, OnnxTensor> read(Path file) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    int count = bytes.getInt();
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[bytes.getInt()];
      bytes.get(name);
      long[] shape = new long[bytes.getInt()];
      int size = 1;
      for (int d = 0; d < shape.length; d++) {
        shape[d] = bytes.getInt();
        size *= (int) shape[d];
      }
      float[] values = new float[size];
      bytes.asFloatBuffer().get(values);
      bytes.position(bytes.position() + 4 * size);
      tensors.put(
          new String(name, StandardCharsets.UTF_8),
          OnnxTensor.createTensor(
              OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape));
    }
    return tensors;
  }

  private static void write(OrtSession.Result result, OrtSession session, Path file)
      throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(size(result, session)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(session.getOutputInfo().size());
    for (NodeInfo output : session.getOutputInfo().values()) {
      OnnxTensor tensor = (OnnxTensor) result.get(output.getName()).orElseThrow();
      byte[] name = output.getName().getBytes(StandardCharsets.UTF_8);
      bytes.putInt(name.length).put(name);
      long[] shape = tensor.getInfo().getShape();
      bytes.putInt(shape.length);
      for (long side : shape) {
        bytes.putInt((int) side);
      }
      FloatBuffer values = tensor.getFloatBuffer();
      bytes.asFloatBuffer().put(values.duplicate());
      bytes.position(bytes.position() + 4 * values.remaining());
    }
    Files.write(file, bytes.array());
  }

  private static int size(OrtSession.Result result, OrtSession session) throws IOException {
    try {
      long size = 4;
      for (NodeInfo output : session.getOutputInfo().values()) {
        OnnxTensor tensor = (OnnxTensor) result.get(output.getName()).orElseThrow();
        size += 8L + output.getName().getBytes(StandardCharsets.UTF_8).length;
        size += 4L * tensor.getInfo().getShape().length;
        size += 4L * tensor.getFloatBuffer().remaining();
      }
      return Math.toIntExact(size);
    } catch (ai.onnxruntime.OrtException e) {
      throw new IOException(e);
    }
  }
}
