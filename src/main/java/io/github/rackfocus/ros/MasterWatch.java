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
 * Keeps a node registered with its master: waits for an unavailable master, and registers again
 * after a master restart, which it detects by a new process id or by the master not knowing the
 * node. Uses one thread and two small calls every two seconds. Thread-safe.
 */
final class MasterWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MasterWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** One registration; both calls may be repeated. */
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

  /** One call to the master. */
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
  private final RateLimitedLogger failures;
  private final Object calling = new Object();
  private boolean pending;
  private boolean closed;
  private boolean unavailable;
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
    failures = new RateLimitedLogger(LOG, counts.master);
  }

  void start() {
    DaemonThreads.start("ros-master", this::run);
  }

  /** Adds a registration, which is made soon and again after each restart of the master. */
  void add(Registration registration) {
    synchronized (this) {
      entries.add(new Entry(registration));
      pending = true;
      notifyAll();
    }
  }

  /**
   * Removes a registration and unregisters it if the master is available. Waits for a registration
   * in progress, which would otherwise outlive its topic.
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
      LOG.debug("unregistering failed: {}", e.getMessage());
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
      if (hasRestarted()) {
        LOG.info("the master at {} has restarted; registering again", master.uri());
        synchronized (this) {
          entries.forEach(entry -> entry.registered = false);
        }
      }
      for (Entry entry : unregistered()) {
        register(entry);
      }
      if (unavailable) {
        LOG.info("the master at {} is available again", master.uri());
        unavailable = false;
      }
    } catch (RosException e) {
      unavailable = true;
      failures.warn("waiting for the master: " + e.getMessage());
    }
  }

  /**
   * Makes one registration. An error reply is logged and retried later, so that it does not block
   * the other registrations.
   *
   * @throws RosException if the master is unavailable
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
      failures.warn("the master rejected a registration: " + e.getMessage());
    } catch (RuntimeException e) {
      failures.warn("registering failed: " + e);
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

  private boolean hasRestarted() throws RosException {
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

  /** Removes all registrations from the master; gives up at the first call that fails. */
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
