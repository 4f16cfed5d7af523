package io.github.rackfocus.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Laws that several harnesses check. */
public final class Laws {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int ATTEMPTS = 4;

  private Laws() {}

  /** Throws unless a law holds. */
  public static void check(boolean holds, String law) {
    if (!holds) {
      throw new AssertionError(law);
    }
  }

  /** Throws unless two byte arrays are equal. */
  public static void checkEqual(byte[] found, byte[] expected, String law) {
    if (!Arrays.equals(found, expected)) {
      throw new AssertionError(
          law + ": differs from byte " + Arrays.mismatch(found, expected) + " on");
    }
  }

  /**
   * Calls a reader of untrusted bytes.
   *
   * @param declared the exceptions that the reader's Javadoc declares
   * @return what it returned; null if it threw a declared exception with a message
   */
  @SafeVarargs
  public static <T> @Nullable T readOrRefused(
      Callable<T> reader, Class<? extends Exception>... declared) throws Exception {
    try {
      return reader.call();
    } catch (Exception e) {
      for (Class<? extends Exception> each : declared) {
        // A subclass of an unchecked exception is an accident, such as NumberFormatException.
        boolean unchecked = RuntimeException.class.isAssignableFrom(each);
        if (unchecked ? each == e.getClass() : each.isInstance(e)) {
          String message = e.getMessage();
          check(message != null && !message.isBlank(), "a refusal has a message: " + e.getClass());
          return null;
        }
      }
      throw e;
    }
  }

  /**
   * Calls a reader and checks how many bytes of Java heap it allocates, garbage included. Memory of
   * native libraries is not counted. A call that exceeds the bound is repeated, since it may have
   * loaded classes.
   *
   * @param base bytes allowed for any input
   * @param factor bytes allowed per byte of the input
   */
  public static <T> T bounded(byte[] input, long base, long factor, Callable<T> reader)
      throws Exception {
    long most = base + factor * input.length;
    long taken = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      T result = reader.call();
      taken = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (taken <= most) {
        return result;
      }
    }
    throw new AssertionError(
        taken + " bytes are allocated for " + input.length + "; expected at most " + most);
  }
}
