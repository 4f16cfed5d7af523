#!/usr/bin/python3
"""Compares the points of the node with those that depth_image_proc computes of the same depth image.

points_compare.py COUNT OURS THEIRS: matches COUNT pairs of sensor_msgs/PointCloud2 by stamp and prints for each
"POINTS VALID INVALID WORST": points with and without coordinates in both, and the largest difference of a coordinate
relative to the depth. Ends with 1 if a point is valid in one of them only, or if the pairs do not come in time.
"""
import sys
import threading

import message_filters
import numpy as np
import rospy
from sensor_msgs.msg import PointCloud2, PointField


def lengths(cloud):
    """x, y and z as an array of height x width x 3, by the names of the fields."""
    data = np.frombuffer(cloud.data, np.uint8).reshape(cloud.height, cloud.row_step)
    data = data[:, :cloud.width * cloud.point_step].reshape(cloud.height, cloud.width, cloud.point_step)
    fields = {field.name: field for field in cloud.fields}
    columns = []
    for name in 'xyz':
        field = fields[name]
        assert field.datatype == PointField.FLOAT32 and field.count == 1, field
        columns.append(np.ascontiguousarray(data[:, :, field.offset:field.offset + 4]).view('<f4')[:, :, 0])
    return np.stack(columns, axis=2)


def main():
    count = int(sys.argv[1])
    done = threading.Event()
    seen = []

    def synchronised(ours, theirs):
        if done.is_set():
            return
        assert ours.header.frame_id == theirs.header.frame_id
        assert (ours.width, ours.height) == (theirs.width, theirs.height), (ours.width, theirs.width)
        assert not ours.is_dense
        a, b = lengths(ours), lengths(theirs)
        valid, theirs_valid = np.isfinite(a).all(axis=2), np.isfinite(b).all(axis=2)
        assert np.isnan(a[~valid]).all()
        if (valid != theirs_valid).any():
            print('DIFFER at %d points' % (valid != theirs_valid).sum(), flush=True)
            done.set()
            return
        apart = np.abs(a[valid].astype(float) - b[valid]) / b[valid][:, 2:3]
        print('POINTS %d %d %.3g' % (valid.sum(), (~valid).sum(), apart.max()), flush=True)
        seen.append(1)
        if len(seen) >= count:
            done.set()

    rospy.init_node('points_compare', anonymous=True, disable_signals=True)
    filters = [message_filters.Subscriber(name, PointCloud2, queue_size=10, buff_size=1 << 24) for name in sys.argv[2:4]]
    message_filters.TimeSynchronizer(filters, 10).registerCallback(synchronised)
    done.wait(100)
    sys.exit(0 if len(seen) >= count else 1)


main()
