package io.github.rackfocus.ros.bag;

import java.util.ArrayList;
import java.util.List;

/** The defects found in a bag: the first ones as messages, the others as a count. */
final class BagWarnings {
  private static final int MAX_MESSAGES = 50;

  private final List<String> messages = new ArrayList<>();
  private long more;

  void add(String message) {
    if (messages.size() < MAX_MESSAGES) {
      messages.add(message);
    } else {
      more++;
    }
  }

  List<String> all() {
    List<String> all = new ArrayList<>(messages);
    if (more > 0) {
      all.add(more + " more warnings");
    }
    return all;
  }
}
