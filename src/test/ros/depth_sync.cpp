// A roscpp peer: matches depth and camera_info by stamp with message_filters.
// depth_sync COUNT: prints "SYNC STAMP_NANOS WIDTHxHEIGHT" for COUNT pairs and exits with 0, or with 1 after two minutes.
#include <message_filters/subscriber.h>
#include <message_filters/time_synchronizer.h>
#include <ros/ros.h>
#include <sensor_msgs/CameraInfo.h>
#include <sensor_msgs/Image.h>

#include <cstdlib>
#include <iostream>

static int left = 0;

static void synchronised(const sensor_msgs::ImageConstPtr& depth, const sensor_msgs::CameraInfoConstPtr& camera) {
  if (depth->header.stamp != camera->header.stamp || depth->header.frame_id != camera->header.frame_id ||
      depth->encoding != "32FC1" || depth->width != camera->width || camera->P[0] <= 0) {
    std::cout << "these do not belong together" << std::endl;
    std::exit(2);
  }
  std::cout << "SYNC " << depth->header.stamp.toNSec() << " " << depth->width << "x" << depth->height << std::endl;
  if (--left == 0) {
    std::exit(0);
  }
}

int main(int argc, char** argv) {
  ros::init(argc, argv, "depth_sync_cpp", ros::init_options::AnonymousName);
  left = argc > 1 ? std::atoi(argv[1]) : 3;
  ros::NodeHandle node;
  message_filters::Subscriber<sensor_msgs::Image> depth(node, "depth/image_rect", 10);
  message_filters::Subscriber<sensor_msgs::CameraInfo> camera(node, "depth/camera_info", 10);
  message_filters::TimeSynchronizer<sensor_msgs::Image, sensor_msgs::CameraInfo> both(depth, camera, 10);
  both.registerCallback(&synchronised);
  const ros::WallTime until = ros::WallTime::now() + ros::WallDuration(120);
  while (ros::ok() && ros::WallTime::now() < until) {
    ros::spinOnce();
    ros::WallDuration(0.005).sleep();
  }
  return 1;
}
