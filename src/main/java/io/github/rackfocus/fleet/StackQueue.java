package io.github.rackfocus.fleet;

import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stacks that wait for inference, oldest first, and cameras whose estimators wait to be closed by
 * the thread that uses them. Thread-safe.
 */
final class StackQueue {
  /**
   * A stack whose depth is wanted.
   *
   * @param camera whose it is
   * @param identity of that camera, as its reference frame told it
   * @param stack a lease that whoever takes this closes
   * @param offset of its reference frame's record
   * @param partition told when its map is finished
   */
  record Waiting(
      CameraPipeline camera,
      CameraIdentity identity,
      FocalStack stack,
      long offset,
      PartitionProgress partition) {}

  private final int depth;
  private final boolean dropping;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<CameraPipeline> retired = new ArrayDeque<>();
  private boolean ended;

  /**
   * @param depth stacks of a camera that wait at most if dropping, else of all cameras together
   * @param dropping whether a camera's oldest stack gives way to its newest
   */
  StackQueue(int depth, boolean dropping) {
    this.depth = depth;
    this.dropping = dropping;
  }

  /** Whether one more stack may be put. */
  synchronized boolean hasRoom() {
    return dropping || waiting.size() < depth;
  }

  /**
   * Puts a stack in the queue.
   *
   * @return the one of the same camera that gave way to it, which the caller closes; or null
   */
  synchronized @Nullable Waiting put(Waiting stack) {
    Waiting oldest = null;
    if (dropping) {
      int ofCamera = 0;
      for (Waiting each : waiting) {
        if (each.camera() == stack.camera()) {
          oldest = oldest == null ? each : oldest;
          ofCamera++;
        }
      }
      if (ofCamera < depth) {
        oldest = null;
      } else {
        waiting.remove(oldest);
      }
    }
    waiting.addLast(stack);
    notifyAll();
    return oldest;
  }

  /** Waits for a stack; null when a camera is to be closed, or once all is done. */
  synchronized @Nullable Waiting take() throws InterruptedException {
    while (waiting.isEmpty() && retired.isEmpty() && !ended) {
      wait();
    }
    return closable() == null ? waiting.pollFirst() : null;
  }

  /** A camera whose estimator is to be closed, after its last stack; or null. */
  synchronized @Nullable CameraPipeline takeRetired() {
    CameraPipeline camera = closable();
    if (camera != null) {
      retired.remove(camera);
    }
    return camera;
  }

  private @Nullable CameraPipeline closable() {
    for (CameraPipeline camera : retired) {
      if (waiting.stream().noneMatch(each -> each.camera() == camera)) {
        return camera;
      }
    }
    return null;
  }

  /** Takes out all stacks that match; the caller closes them. */
  synchronized ArrayDeque<Waiting> remove(Predicate<Waiting> which) {
    ArrayDeque<Waiting> removed = new ArrayDeque<>();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting each = all.next();
      if (which.test(each)) {
        removed.add(each);
        all.remove();
      }
    }
    return removed;
  }

  /** Leaves a camera to the thread that computes, for it to close its estimator. */
  synchronized void retire(CameraPipeline camera) {
    retired.addLast(camera);
    notifyAll();
  }

  /** No more stacks will come. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  synchronized boolean isEnded() {
    return ended && waiting.isEmpty() && retired.isEmpty();
  }

  synchronized int size() {
    return waiting.size();
  }
}
