package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.file.Path;

/** Makes ONNX Runtime's sessions with our options. */
final class OrtSessions {
  private OrtSessions() {}

  /**
   * Opens a graph.
   *
   * @throws CudaException if the provider is CUDA and can't be had
   * @throws ModelException if ONNX Runtime refuses the graph
   */
  static OrtSession open(Path graph, OnnxOptions options, Provider provider)
      throws ModelException, CudaException {
    OrtEnvironment environment = OrtLoader.environment();
    try (SessionOptions session = new SessionOptions()) {
      configure(session, options);
      if (provider.isCuda()) {
        addCuda(session, provider.cudaDevice());
      }
      return environment.createSession(graph.toString(), session);
    } catch (OrtException e) {
      // The provider is made with the session, so a missing driver shows only here.
      if (provider.isCuda() && String.valueOf(e.getMessage()).contains("CUDA")) {
        throw new CudaException(e);
      }
      throw new ModelException(
          graph + ": ONNX Runtime can't load it: " + CudaException.firstLine(e), e);
    }
  }

  private static void configure(SessionOptions session, OnnxOptions options) throws OrtException {
    session.setExecutionMode(ExecutionMode.SEQUENTIAL);
    session.setInterOpNumThreads(1);
    session.setIntraOpNumThreads(options.resolvedThreads());
    session.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
    // Threads of one stage must not spin while the other stage's compute.
    session.addConfigEntry("session.force_spinning_stop", "1");
    session.setCPUArenaAllocator(options.arena());
    session.setMemoryPatternOptimization(options.memoryPattern());
    session.setOptimizationLevel(options.optimisation().level);
    // Equal input must give equal bytes: consumers drop duplicates by that.
    session.setDeterministicCompute(true);
  }

  private static void addCuda(SessionOptions session, int device) throws CudaException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
      cuda.add("use_tf32", "0");
      cuda.add("arena_extend_strategy", "kSameAsRequested");
      session.addCUDA(cuda);
    } catch (OrtException e) {
      throw new CudaException(e);
    }
  }
}
