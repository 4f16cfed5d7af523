// Publishes images at a fixed rate and prints rate and CPU load.
//   pub TOPIC ENCODING WIDTH HEIGHT BYTES_PER_PIXEL RATE SECONDS [QUEUE]
// The stamp is the time of sending, the first four bytes are a running number.
#include "measure.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ros/ros.h>
#include <sensor_msgs/Image.h>
#include <thread>

int main(int argc, char **argv) {
  ros::init(argc, argv, "soak_pub", ros::init_options::AnonymousName);
  if (argc < 8) {
    std::fprintf(stderr, "pub TOPIC ENCODING WIDTH HEIGHT BYTES_PER_PIXEL RATE SECONDS [QUEUE]\n");
    return 2;
  }
  sensor_msgs::Image image;
  image.encoding = argv[2];
  image.width = std::strtoul(argv[3], nullptr, 10);
  image.height = std::strtoul(argv[4], nullptr, 10);
  image.step = image.width * std::strtoul(argv[5], nullptr, 10);
  image.data.resize(static_cast<std::size_t>(image.step) * image.height);
  const double period = 1.0 / std::atof(argv[6]);
  const double duration = std::atof(argv[7]);
  const int queue = argc > 8 ? std::atoi(argv[8]) : 5;

  ros::NodeHandle node;
  ros::Publisher publisher = node.advertise<sensor_msgs::Image>(argv[1], queue);
  ros::AsyncSpinner spinner(1);
  spinner.start();
  while (ros::ok() && publisher.getNumSubscribers() == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));

  const double begin = wallSeconds();
  const double cpuBefore = cpuSeconds();
  std::uint32_t sent = 0;
  for (double due = begin; ros::ok() && due < begin + duration; due += period) {
    const double ahead = due - wallSeconds();
    if (ahead > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double>(ahead));
    }
    std::memcpy(image.data.data(), &sent, sizeof sent);
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    image.header.stamp = ros::Time(static_cast<std::uint32_t>(now.tv_sec), static_cast<std::uint32_t>(now.tv_nsec));
    publisher.publish(image);
    ++sent;
  }
  const double elapsed = wallSeconds() - begin;
  std::printf("PUB roscpp sent=%u rate=%.1f cpu=%.2f%%\n", sent, sent / elapsed, 100 * (cpuSeconds() - cpuBefore) / elapsed);
  std::fflush(stdout);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  return 0;
}
