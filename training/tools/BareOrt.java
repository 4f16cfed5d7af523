import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Times the graphs of a bundle on ONNX Runtime without the node, or runs them on given inputs.
 *
 * <p>java -cp onnxruntime.jar BareOrt.java time BUNDLE [width height planes threads runs K...]
 *
 * <p>java -cp onnxruntime.jar BareOrt.java run BUNDLE K INPUT OUTPUT: INPUT is a little-endian file:
 * int32 Z, H, W, then float32 stack and focus. OUTPUT gets position, error, confidence and allfocus
 * of the two-stage form, then those of the full graph.
 */
public final class BareOrt {
  private static final String[] OUTPUTS = {"position", "error", "confidence", "allfocus"};

  public static void main(String[] args) throws Exception {
    if (args.length >= 2 && args[0].equals("time")) {
      time(args);
    } else if (args.length == 5 && args[0].equals("run")) {
      run(Path.of(args[1]), args[2], Path.of(args[3]), Path.of(args[4]));
    } else {
      System.err.println("expected: time BUNDLE [W H Z threads runs K...] | run BUNDLE K IN OUT");
      System.exit(2);
    }
  }

  private static int argument(String[] args, int index, int otherwise) {
    return args.length > index ? Integer.parseInt(args[index]) : otherwise;
  }

  private static void time(String[] args) throws Exception {
    Path bundle = Path.of(args[1]);
    int width = argument(args, 2, 640);
    int height = argument(args, 3, 480);
    int planes = argument(args, 4, 10);
    int threads = argument(args, 5, 2);
    int runs = argument(args, 6, 60);
    String[] iterations =
        args.length > 7 ? Arrays.copyOfRange(args, 7, args.length) : new String[] {"0", "1", "3", "5"};
    System.out.printf(
        "%s, %s, Java %s, %d processors, %d threads, %dx%d, %d planes, median (fastest) of %d%n",
        System.getProperty("os.arch"), cpu(), System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors(), threads, width, height, planes, runs);
    Random random = new Random(1);
    try (SessionOptions options = options(threads)) {
      double[] frame;
      float[] features;
      try (OrtSession session = open(bundle, "frame.onnx", options);
          OnnxTensor image = tensor(noise(random, width * height), 1, 1, height, width)) {
        frame = measure(session, Map.of("image", image), runs);
        try (OrtSession.Result result = session.run(Map.of("image", image))) {
          FloatBuffer one = ((OnnxTensor) result.get(0)).getFloatBuffer();
          features = new float[one.remaining() * planes];
          for (int z = 0; z < planes; z++) {
            for (int i = 0; i < one.limit(); i++) {
              features[z * one.limit() + i] = one.get(i) + 0.1f * random.nextFloat();
            }
          }
        }
      }
      System.out.printf("frame           %7.2f (%.2f) ms%n", frame[0], frame[1]);
      int channels = features.length / planes / (width * height / 16);
      float[] focus = new float[planes];
      for (int z = 0; z < planes; z++) {
        focus[z] = z / (planes - 1f);
      }
      for (String k : iterations) {
        try (OrtSession session = open(bundle, "stack-k" + k + ".onnx", options);
            OnnxTensor f = tensor(features, planes, channels, height / 4, width / 4);
            OnnxTensor u = tensor(focus, 1, planes)) {
          double[] stack = measure(session, Map.of("features", f, "focus", u), runs);
          System.out.printf(
              "stack K = %s     %7.2f (%.2f) ms, with one frame stage %.2f (%.2f) ms%n",
              k, stack[0], stack[1], stack[0] + frame[0], stack[1] + frame[1]);
        }
      }
    }
  }

  private static double[] measure(OrtSession session, Map<String, OnnxTensor> inputs, int runs)
      throws Exception {
    double[] millis = new double[runs];
    for (int i = -5; i < runs; i++) {
      long start = System.nanoTime();
      session.run(inputs).close();
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(millis);
    return new double[] {millis[runs / 2], millis[0]};
  }

  private static void run(Path bundle, String k, Path in, Path out) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(in)).order(ByteOrder.LITTLE_ENDIAN);
    int planes = bytes.getInt();
    int height = bytes.getInt();
    int width = bytes.getInt();
    float[] stack = new float[planes * height * width];
    float[] focus = new float[planes];
    bytes.asFloatBuffer().get(stack).get(focus);
    ByteBuffer found =
        ByteBuffer.allocate(2 * OUTPUTS.length * height * width * 4).order(ByteOrder.LITTLE_ENDIAN);
    try (SessionOptions options = options(2);
        OnnxTensor u = tensor(focus, 1, planes)) {
      float[] features = frames(bundle, options, stack, planes, height, width);
      int channels = features.length / planes / (width * height / 16);
      try (OrtSession session = open(bundle, "stack-k" + k + ".onnx", options);
          OnnxTensor f = tensor(features, planes, channels, height / 4, width / 4)) {
        write(session, Map.of("features", f, "focus", u), found);
      }
      try (OrtSession session = open(bundle, "full-k" + k + ".onnx", options);
          OnnxTensor s = tensor(stack, 1, planes, height, width)) {
        write(session, Map.of("stack", s, "focus", u), found);
      }
    }
    Files.write(out, found.array());
  }

  private static float[] frames(
      Path bundle, SessionOptions options, float[] stack, int planes, int height, int width)
      throws Exception {
    float[] features = null;
    try (OrtSession session = open(bundle, "frame.onnx", options)) {
      for (int z = 0; z < planes; z++) {
        float[] image = Arrays.copyOfRange(stack, z * height * width, (z + 1) * height * width);
        try (OnnxTensor i = tensor(image, 1, 1, height, width);
            OrtSession.Result result = session.run(Map.of("image", i))) {
          FloatBuffer one = ((OnnxTensor) result.get(0)).getFloatBuffer();
          int length = one.remaining();
          features = features == null ? new float[length * planes] : features;
          one.get(features, z * length, length);
        }
      }
    }
    return features;
  }

  private static void write(OrtSession session, Map<String, OnnxTensor> inputs, ByteBuffer out)
      throws Exception {
    try (OrtSession.Result result = session.run(inputs)) {
      for (String name : OUTPUTS) {
        FloatBuffer values = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
        while (values.hasRemaining()) {
          out.putFloat(values.get());
        }
      }
    }
  }

  private static SessionOptions options(int threads) throws Exception {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    String profile = System.getProperty("profile");
    if (profile != null) {
      options.enableProfiling(profile);
    }
    return options;
  }

  private static OrtSession open(Path bundle, String graph, SessionOptions options)
      throws Exception {
    return OrtEnvironment.getEnvironment().createSession(bundle.resolve(graph).toString(), options);
  }

  private static OnnxTensor tensor(float[] values, long... shape) throws Exception {
    return OnnxTensor.createTensor(
        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape);
  }

  private static float[] noise(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private static String cpu() throws Exception {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return "unknown processor";
    }
    try (var lines = Files.lines(info)) {
      return lines.filter(l -> l.startsWith("model name")).findFirst()
          .map(l -> l.substring(l.indexOf(':') + 2)).orElse("unknown processor");
    }
  }
}
