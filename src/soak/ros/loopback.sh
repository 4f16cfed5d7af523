# A network namespace with loopback only, since roscpp listens on all addresses regardless of ROS_IP. To be sourced by
# scripts of src/soak. Sets $space, its first process, and the environment of a master in it; on exit ends that process
# and those whose ids the script has added to $children.
unshare --net sh -c 'ip link set lo up; exec sleep 86400' &
space=$!
children=()
end() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  kill "$space" 2>/dev/null || true
}
trap end EXIT
sleep 0.5
export ROS_MASTER_URI=http://127.0.0.1:11311 ROS_IP=127.0.0.1
unset ROS_HOSTNAME ROS_NAMESPACE
