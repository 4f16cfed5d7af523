// Publishes a LensState until a DepthInfo arrives, and prints its fields, with the C++ classes of rackfocus_msgs.
//   messages NAME     NAME: of the node; topics are lens_state and depth/info
#include <cmath>
#include <cstdio>
#include <rackfocus_msgs/DepthInfo.h>
#include <rackfocus_msgs/LensState.h>
#include <ros/ros.h>
#include <string>

int main(int argc, char **argv) {
  ros::init(argc, argv, argc > 1 ? argv[1] : "messages", ros::init_options::AnonymousName);
  const std::string name = argc > 1 ? argv[1] : "messages";
  ros::NodeHandle node;
  ros::Publisher publisher = node.advertise<rackfocus_msgs::LensState>("lens_state", 5);
  rackfocus_msgs::DepthInfo::ConstPtr found;
  ros::Subscriber subscriber = node.subscribe<rackfocus_msgs::DepthInfo>("depth/info", 5, [&](const rackfocus_msgs::DepthInfo::ConstPtr &info) {
    if (info->header.frame_id == name) {
      found = info;
    }
  });
  rackfocus_msgs::LensState state;
  state.header.frame_id = name;
  state.header.stamp = ros::Time(5, 7);
  state.lens_power_dioptres = -1.25;
  state.focus_dioptres = NAN;
  state.temperature_celsius = 31.5F;
  state.settled = 1;
  state.sweep_id = 4294967295U;
  state.plane_index = 65535;
  state.direction = -1;
  ros::Rate rate(10);
  while (ros::ok() && !found) {
    publisher.publish(state);
    ros::spinOnce();
    rate.sleep();
  }
  if (!found) {
    return 1;
  }
  std::printf("INFO %lu %u %u [", static_cast<unsigned long>(found->header.stamp.toNSec()), found->sweep_id, found->planes_missing);
  const char *comma = "";
  for (const float focus : found->plane_focus_dioptres) {
    std::printf("%s'%.3f'", comma, static_cast<double>(focus));
    comma = ", ";
  }
  std::printf("] [");
  comma = "";
  for (const ros::Time &stamp : found->plane_stamps) {
    std::printf("%s%lu", comma, static_cast<unsigned long>(stamp.toNSec()));
    comma = ", ";
  }
  std::printf("] [");
  comma = "";
  for (const unsigned count : found->validity_counts) {
    std::printf("%s%u", comma, count);
    comma = ", ";
  }
  std::printf("] %s [", found->model.c_str());
  comma = "";
  for (const std::string &stage : found->stage_names) {
    std::printf("%s'%s'", comma, stage.c_str());
    comma = ", ";
  }
  std::printf("] %s\n", found->deadline_missed ? "True" : "False");
  return 0;
}
