package io.github.rackfocus.fleet;

import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stacks that wait for inference, oldest first, and released cameras whose estimators the computing
 * thread must close. Thread-safe.
 */
final class StackQueue {
  /**
   * A stack to compute depth from.
   *
   * @param camera its camera
   * @param identity the camera's identity in its reference frame
   * @param stack a lease, which the receiver closes
   * @param offset offset of its reference frame
   * @param partition progress to update when its map is finished
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
   * @param depth most waiting stacks: per camera if dropping, else of all cameras
   * @param dropping whether a camera's newest stack replaces its oldest
   */
  StackQueue(int depth, boolean dropping) {
    this.depth = depth;
    this.dropping = dropping;
  }

  /** Whether there is room for another stack. */
  synchronized boolean hasRoom() {
    return dropping || waiting.size() < depth;
  }

  /**
   * Adds a stack.
   *
   * @return the stack of the same camera that was replaced, which the caller closes; or null
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

  /** Waits for a stack; returns null if a camera has to be closed, or when the queue has ended. */
  synchronized @Nullable Waiting take() throws InterruptedException {
    while (waiting.isEmpty() && retired.isEmpty() && !ended) {
      wait();
    }
    return closable() == null ? waiting.pollFirst() : null;
  }

  /** Takes a released camera that has no waiting stacks; null if there is none. */
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

  /** Removes all matching stacks; the caller closes them. */
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

  /** Hands a released camera to the computing thread, which closes its estimator. */
  synchronized void retire(CameraPipeline camera) {
    retired.addLast(camera);
    notifyAll();
  }

  /** Declares that no more stacks will be added. */
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
