// Clocks for the roscpp peers of the soak test: CPU time of this process and wall time, seconds.
#pragma once
#include <ctime>

inline double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double cpuSeconds() { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
inline double wallSeconds() { return seconds(CLOCK_REALTIME); }
