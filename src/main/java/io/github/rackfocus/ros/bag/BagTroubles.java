package io.github.rackfocus.ros.bag;

import java.util.ArrayList;
import java.util.List;

/** What was wrong with a bag: the first sentences, and how many more there were. */
final class BagTroubles {
  private static final int MAX_SENTENCES = 50;

  private final List<String> sentences = new ArrayList<>();
  private long more;

  void add(String sentence) {
    if (sentences.size() < MAX_SENTENCES) {
      sentences.add(sentence);
    } else {
      more++;
    }
  }

  List<String> all() {
    List<String> all = new ArrayList<>(sentences);
    if (more > 0) {
      all.add(more + " more faults like these");
    }
    return all;
  }
}
