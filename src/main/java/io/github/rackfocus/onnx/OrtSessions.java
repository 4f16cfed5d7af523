package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Opens ONNX Runtime's sessions with our configuration. */
final class OrtSessions {
  private OrtSessions() {}

  /**
   * Opens a graph.
   *
   * @throws GpuException if the provider is a GPU and unavailable
   * @throws ModelException if ONNX Runtime rejects the graph
   */
  static OrtSession open(Path graph, OnnxConfig options, Provider provider)
      throws ModelException, GpuException {
    OrtEnvironment environment = OrtLoader.environment();
    try (SessionOptions session = new SessionOptions()) {
      configure(session, options);
      if (provider.kind() == Device.Kind.TENSORRT) {
        addTensorRt(session, provider, options.gpu());
      }
      if (provider.isGpu()) {
        addCuda(session, provider, options.gpu());
      }
      return environment.createSession(graph.toString(), session);
    } catch (OrtException e) {
      // The provider is created with the session, so a missing driver is detected only here.
      if (provider.isGpu() && isOfGpu(String.valueOf(e.getMessage()))) {
        throw new GpuException(provider, e);
      }
      throw new ModelException(
          graph + ": ONNX Runtime can't load it: " + GpuException.firstLine(e), e);
    }
  }

  private static void configure(SessionOptions session, OnnxConfig options) throws OrtException {
    session.setExecutionMode(ExecutionMode.SEQUENTIAL);
    session.setInterOpNumThreads(1);
    session.setIntraOpNumThreads(options.resolvedThreads());
    session.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
    // Threads of one stage must not spin while those of the other stage compute.
    session.addConfigEntry("session.force_spinning_stop", "1");
    session.setCPUArenaAllocator(options.arena());
    session.setMemoryPatternOptimization(options.memoryPattern());
    session.setOptimizationLevel(options.optimisation().level);
    // Equal input must give equal bytes: consumers drop duplicates on that basis.
    session.setDeterministicCompute(true);
  }

  private static boolean isOfGpu(String message) {
    return message.contains("CUDA") || message.contains("Tensor") || message.contains("TRT");
  }

  private static void addCuda(SessionOptions session, Provider provider, GpuConfig options)
      throws GpuException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(provider.index())) {
      for (Map.Entry<String, String> option : options.cuda().entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      session.addCUDA(cuda);
    } catch (OrtException e) {
      throw new GpuException(provider, e);
    }
  }

  private static void addTensorRt(SessionOptions session, Provider provider, GpuConfig options)
      throws GpuException, ModelException {
    Path cache = options.engineCache();
    if (cache != null && !Files.isDirectory(cache)) {
      throw new ModelException(
          cache + ": no such folder; expected one for TensorRT's engines (model.gpu.engineCache)");
    }
    try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(provider.index())) {
      for (Map.Entry<String, String> option : options.tensorRt().entrySet()) {
        tensorRt.add(option.getKey(), option.getValue());
      }
      session.addTensorrt(tensorRt);
    } catch (OrtException e) {
      throw new GpuException(provider, e);
    }
  }
}
