// Receives images and, two seconds after the last one, prints counts, latency and CPU load.
//   sub TOPIC [MILLISECONDS]      MILLISECONDS: processing time per image (for a slow subscriber)
#include "measure.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ros/callback_queue.h>
#include <ros/ros.h>
#include <sensor_msgs/Image.h>
#include <thread>
#include <vector>

namespace {
struct Tally {
  int slowMillis = 0;
  double firstWall = 0, firstCpu = 0, lastWall = 0, lastCpu = 0;
  std::uint32_t firstNumber = 0, lastNumber = 0;
  std::vector<double> latencies;

  void take(const sensor_msgs::ImageConstPtr &image) {
    const double now = wallSeconds();
    std::uint32_t number = 0;
    std::memcpy(&number, image->data.data(), sizeof number);
    if (latencies.empty()) {
      firstWall = now;
      firstCpu = cpuSeconds();
      firstNumber = number;
    }
    latencies.push_back(1e3 * (now - image->header.stamp.toSec()));
    lastNumber = number;
    lastWall = now;
    lastCpu = cpuSeconds();
    if (slowMillis > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(slowMillis));
    }
  }

  void print() {
    if (latencies.size() < 2) {
      std::printf("SUB roscpp recv=%zu of 0 (lost 0)\n", latencies.size());
      return;
    }
    const long span = static_cast<long>(lastNumber - firstNumber) + 1;
    const long received = static_cast<long>(latencies.size());
    const double time = lastWall - firstWall;
    std::sort(latencies.begin(), latencies.end());
    const auto quantile = [this](double q) { return latencies[static_cast<std::size_t>(q * static_cast<double>(latencies.size() - 1))]; };
    std::printf("SUB roscpp%s recv=%ld of %ld (lost %ld) rate=%.1f p50=%.2fms p99=%.2fms max=%.2fms cpu=%.2f%%\n", slowMillis > 0 ? " slow" : "",
                received, span, span - received, static_cast<double>(received) / time, quantile(0.5), quantile(0.99), latencies.back(),
                100 * (lastCpu - firstCpu) / time);
  }
};
} // namespace

int main(int argc, char **argv) {
  ros::init(argc, argv, "soak_sub", ros::init_options::AnonymousName);
  if (argc < 2) {
    std::fprintf(stderr, "sub TOPIC [MILLISECONDS]\n");
    return 2;
  }
  Tally tally;
  tally.slowMillis = argc > 2 ? std::atoi(argv[2]) : 0;
  tally.latencies.reserve(1 << 20);
  ros::NodeHandle node;
  // A slow subscriber wants the newest only; the other must not lose any itself, since the publisher is tested.
  const std::uint32_t queue = tally.slowMillis > 0 ? 1 : 120;
  ros::Subscriber subscriber =
      node.subscribe<sensor_msgs::Image>(argv[1], queue, [&tally](const sensor_msgs::ImageConstPtr &image) { tally.take(image); }, ros::VoidConstPtr(),
                                         ros::TransportHints().tcpNoDelay());
  std::printf("READY\n");
  std::fflush(stdout);
  while (ros::ok() && (tally.lastWall == 0 || wallSeconds() - tally.lastWall < 2)) {
    ros::getGlobalCallbackQueue()->callAvailable(ros::WallDuration(0.05));
  }
  tally.print();
  return 0;
}
