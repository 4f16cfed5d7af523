package io.github.rackfocus.ros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a node wants registered registered: waits for a master that is away, and registers
 * again when it has restarted, which shows in its process id or in its not knowing us. One thread,
 * two small calls every two seconds.
 */
final class MasterWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MasterWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** One registration; both calls may be made again and again. */
  interface Registration {
    void register(MasterClient master) throws RosException;

    void unregister(MasterClient master) throws RosException;

    static Registration of(Call register, Call unregister) {
      return new Registration() {
        @Override
        public void register(MasterClient master) throws RosException {
          register.make(master);
        }

        @Override
        public void unregister(MasterClient master) throws RosException {
          unregister.make(master);
        }
      };
    }
  }

  /** One call of the master. */
  @FunctionalInterface
  interface Call {
    void make(MasterClient master) throws RosException;
  }

  private static final class Entry {
    private final Registration registration;
    private boolean registered;

    Entry(Registration registration) {
      this.registration = registration;
    }
  }

  private final MasterClient master;
  private final URI ownUri;
  private final GraphName ownName;
  private final Consumer<String> onNameTaken;
  private final List<Entry> entries = new ArrayList<>();
  private final RateLimitedLogger troubles;
  private final Object calling = new Object();
  private boolean pending;
  private boolean closed;
  private boolean away;
  private int pid;

  MasterWatch(
      MasterClient master,
      URI ownUri,
      GraphName ownName,
      FaultCounts counts,
      Consumer<String> onNameTaken) {
    this.master = master;
    this.ownUri = ownUri;
    this.ownName = ownName;
    this.onNameTaken = onNameTaken;
    troubles = new RateLimitedLogger(LOG, counts.master);
  }

  void start() {
    DaemonThreads.start("ros-master", this::run);
  }

  /** Registers soon, and again whenever the master has forgotten. */
  void add(Registration registration) {
    synchronized (this) {
      entries.add(new Entry(registration));
      pending = true;
      notifyAll();
    }
  }

  /**
   * Takes a registration back, as far as the master can be reached; waits for one that is being
   * made, which would outlive its topic otherwise.
   */
  void remove(Registration registration) {
    List<Entry> removed;
    synchronized (this) {
      removed = entries.stream().filter(e -> e.registration == registration).toList();
      entries.removeAll(removed);
    }
    synchronized (calling) {
      for (Entry entry : removed) {
        if (isRegistered(entry)) {
          unregister(registration);
        }
      }
    }
  }

  private boolean unregister(Registration registration) {
    try {
      registration.unregister(master);
      return true;
    } catch (RosException e) {
      LOG.debug("not taken back from the master: {}", e.getMessage());
      return false;
    }
  }

  private void run() {
    while (true) {
      synchronized (calling) {
        check();
      }
      synchronized (this) {
        try {
          if (!pending && !closed) {
            wait(INTERVAL.toMillis());
          }
        } catch (InterruptedException e) {
          return;
        }
        if (closed) {
          return;
        }
        pending = false;
      }
    }
  }

  private void check() {
    try {
      if (forgotten()) {
        LOG.info("the master at {} has restarted; registering again", master.uri());
        synchronized (this) {
          entries.forEach(entry -> entry.registered = false);
        }
      }
      for (Entry entry : unregistered()) {
        register(entry);
      }
      if (away) {
        LOG.info("the master at {} is back", master.uri());
        away = false;
      }
    } catch (RosException e) {
      away = true;
      troubles.warn("waiting for the master: " + e.getMessage());
    }
  }

  /**
   * What the master refuses must not keep the others from it, and is tried again.
   *
   * @throws RosException if the master did not answer
   */
  private void register(Entry entry) throws RosException {
    synchronized (this) {
      if (!entries.contains(entry)) {
        return;
      }
    }
    try {
      entry.registration.register(master);
      synchronized (this) {
        entry.registered = true;
      }
    } catch (RosException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      troubles.warn("the master refused: " + e.getMessage());
    } catch (RuntimeException e) {
      troubles.warn("registering failed: " + e);
    }
  }

  private synchronized boolean isRegistered(Entry entry) {
    return entry.registered;
  }

  private synchronized List<Entry> unregistered() {
    return closed ? List.of() : entries.stream().filter(entry -> !entry.registered).toList();
  }

  private synchronized boolean anyRegistered() {
    return entries.stream().anyMatch(entry -> entry.registered);
  }

  private boolean forgotten() throws RosException {
    int before = pid;
    pid = master.call("getPid") instanceof Integer found ? found : 0;
    if (!anyRegistered()) {
      return false;
    }
    MasterClient.Answer found = master.ask("lookupNode", ownName.value());
    if (found.code() == 1 && !ownUri.toString().equals(found.value())) {
      onNameTaken.accept("new node registered with same name at " + found.value());
      return false;
    }
    return found.code() != 1 || before != pid;
  }

  /** Takes everything back from the master; gives up at the first call that fails. */
  @Override
  public void close() {
    List<Entry> all;
    synchronized (this) {
      closed = true;
      notifyAll();
      all = List.copyOf(entries);
      entries.clear();
    }
    synchronized (calling) {
      for (Entry entry : all) {
        if (isRegistered(entry) && !unregister(entry.registration)) {
          return;
        }
      }
    }
  }
}
