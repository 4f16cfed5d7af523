package io.github.rackfocus.node;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests for one map of a whole fresh sweep. Requests that wait at the same time are answered by
 * the same map. Thread-safe.
 */
final class CaptureRequests {
  /** A request, and when it was made, in monotonic time. */
  record Request(long nanos, CompletableFuture<CapturedMap> answer) {}

  private final List<Request> waiting = new ArrayList<>();
  private boolean closed;

  /**
   * Adds a request.
   *
   * @param nowNanos monotonic time, as of the frames' arrival
   */
  synchronized CompletableFuture<CapturedMap> add(long nowNanos) {
    CompletableFuture<CapturedMap> answer = new CompletableFuture<>();
    if (closed) {
      answer.completeExceptionally(ended());
    } else {
      waiting.add(new Request(nowNanos, answer));
    }
    return answer;
  }

  /** Whether a request waits whose caller still waits, too. */
  synchronized boolean isWaiting() {
    // Without a lambda or an iterator where nothing waits: this runs for every frame.
    if (waiting.isEmpty()) {
      return false;
    }
    waiting.removeIf(request -> request.answer().isDone());
    return !waiting.isEmpty();
  }

  /**
   * Takes the requests that a stack answers: it has a frame of every plane, and all were exposed
   * after the request. A frame was exposed before it arrived by its time on the way, where stamps
   * tell it.
   */
  synchronized List<Request> takeAnsweredBy(FocalStack stack) {
    if (waiting.isEmpty() || stack.planesMissing() > 0) {
      return List.of();
    }
    long oldest = Long.MAX_VALUE;
    for (int plane = 0; plane < stack.planes(); plane++) {
      Frame frame = stack.frame(plane);
      oldest = Math.min(oldest, frame.arrivalNanos() - frame.receiveNanos());
    }
    List<Request> answered = new ArrayList<>();
    for (Iterator<Request> each = waiting.iterator(); each.hasNext(); ) {
      Request request = each.next();
      if (request.nanos() - oldest <= 0) {
        answered.add(request);
        each.remove();
      }
    }
    return answered;
  }

  /** Refuses what waits and what comes later. */
  void close() {
    List<Request> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
    }
    left.forEach(request -> request.answer().completeExceptionally(ended()));
  }

  private static IllegalStateException ended() {
    return new IllegalStateException("the node has ended");
  }
}
