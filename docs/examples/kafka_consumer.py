#!/usr/bin/python3
"""Reads Rackfocus depth maps from Kafka without Java.

    apt-get install python3-confluent-kafka python3-protobuf protobuf-compiler python3-numpy python3-opencv
    docs/examples/kafka_consumer.py --bootstrap-servers localhost:9092

Prints a line per map. `--count N` ends after N maps; `--save DIR` writes each as a NumPy file (float32,
metres). `--file FILE` decodes the value of a single record instead, such as one written by kcat:

    kcat -C -b localhost:9092 -t rackfocus.depth.v1 -c 1 -e -D '' > map.bin
"""
import argparse
import collections
import importlib
import os
import subprocess
import sys
import tempfile

import cv2
import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "..", "..", "src", "main", "proto")

# 16-bit depth codes that are not distances.
INVALID, NEARER, BEYOND = 0, 1, 65535


def load_schema(proto_dir):
    """Compiles depth_frame.proto with protoc into a temporary folder and imports it."""
    out = tempfile.mkdtemp(prefix="rackfocus-schema-")
    subprocess.run(
        ["protoc", "-I", proto_dir, "--python_out", out, "rackfocus/v1/depth_frame.proto"],
        check=True)
    sys.path.insert(0, out)
    return importlib.import_module("rackfocus.v1.depth_frame_pb2")


def unpack16(schema, frame, packed):
    """Returns the 16-bit codes of an image as an array of height x width, uint16."""
    if frame.encoding == schema.ENCODING_PNG16:
        codes = cv2.imdecode(numpy.frombuffer(packed, numpy.uint8), cv2.IMREAD_UNCHANGED)
        if codes is None or codes.dtype != numpy.uint16:
            raise ValueError("found %d bytes; expected a 16-bit PNG" % len(packed))
    elif frame.encoding == schema.ENCODING_RAW16:
        codes = numpy.frombuffer(packed, "<u2")
        codes = codes.reshape(frame.height, frame.width)
    else:
        raise ValueError("encoding is %d; expected PNG16 (1) or RAW16 (2)" % frame.encoding)
    if codes.shape != (frame.height, frame.width):
        raise ValueError("image is %s; expected %s" % (codes.shape, (frame.height, frame.width)))
    return codes


def decode_depth(schema, frame):
    """Returns the depth of a frame as float32 of height x width: metres along the optical axis (index
    in the focal stack if frame.sweep.scale is not FOCUS_SCALE_DIOPTRE); NaN if invalid, -inf nearer
    than the sweep, +inf beyond it."""
    codes = unpack16(schema, frame, frame.depth)
    depth = (codes * frame.unit_m).astype(numpy.float32)
    depth[codes == INVALID] = numpy.nan
    depth[codes == NEARER] = -numpy.inf
    depth[codes == BEYOND] = numpy.inf
    return depth


class Seen:
    """Recognises duplicates, as delivery is at least once: remembers the ids of the last events."""

    def __init__(self, limit=10000):
        self.ids = collections.OrderedDict()
        self.limit = limit

    def is_new(self, source, event_id):
        """Returns whether this (ce_source, ce_id) is new."""
        if (source, event_id) in self.ids:
            return False
        self.ids[(source, event_id)] = True
        if len(self.ids) > self.limit:
            self.ids.popitem(last=False)
        return True


def line(frame, depth):
    """Summarises a map."""
    numbers = depth[numpy.isfinite(depth)]
    median = "no depth" if numbers.size == 0 else "median %.4f" % numpy.median(numbers)
    return "%s/%s %d-%d %dx%d valid %d %s" % (
        frame.robot, frame.camera, frame.stamp_ns, frame.sequence, frame.width, frame.height,
        numbers.size, median)


def records(arguments):
    """Yields the values of the topic's records from its beginning, each event once."""
    from confluent_kafka import Consumer, KafkaException
    settings = {
        "bootstrap.servers": arguments.bootstrap_servers,
        # The members of a group share the cameras; a group with one member receives all of them.
        "group.id": arguments.group,
        "auto.offset.reset": "earliest",
    }
    settings.update(pair.split("=", 1) for pair in arguments.property)
    consumer = Consumer(settings)
    consumer.subscribe([arguments.topic])
    seen = Seen()
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            headers = dict(message.headers() or [])
            if seen.is_new(headers.get("ce_source"), headers.get("ce_id")):
                yield message.value()
    finally:
        consumer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bootstrap-servers", default="localhost:9092")
    parser.add_argument("--topic", default="rackfocus.depth.v1")
    parser.add_argument("--group", default="rackfocus-example")
    parser.add_argument("--property", action="append", default=[], metavar="NAME=VALUE",
                        help="client property, such as security.protocol=SASL_SSL")
    parser.add_argument("--proto", default=SCHEMA, help="folder of rackfocus/v1/depth_frame.proto")
    parser.add_argument("--count", type=int, default=0, help="number of maps after which to end; 0: never")
    parser.add_argument("--save", metavar="DIR")
    parser.add_argument("--file", help="decode the record value in this file and end")
    arguments = parser.parse_args()
    schema = load_schema(arguments.proto)
    if arguments.file:
        with open(arguments.file, "rb") as file:
            values = iter([file.read()])
    else:
        values = records(arguments)
    for number, value in enumerate(values, 1):
        frame = schema.DepthFrame.FromString(value)
        depth = decode_depth(schema, frame)
        print(line(frame, depth), flush=True)
        if arguments.save:
            os.makedirs(arguments.save, exist_ok=True)
            name = "%s-%s-%d.npy" % (frame.robot, frame.camera, frame.sequence)
            numpy.save(os.path.join(arguments.save, name), depth)
        if number == arguments.count:
            break


if __name__ == "__main__":
    main()
