"""Writes Tests/Fixtures/files with TensorFlow: record files of several features, a plain one of two series, an event."""
import pathlib

import numpy as np
import tensorflow as tf

out = pathlib.Path(__file__).resolve().parents[1] / "files"
F, B, I, X = tf.train.Feature, tf.train.BytesList, tf.train.Int64List, tf.train.FloatList

with tf.io.TFRecordWriter(str(out / "features.tfrecords")) as w:
    w.write(tf.train.Example(features=tf.train.Features(feature={
        "bytes": F(bytes_list=B(value=[b"abc", b"", b"\x00\xff"])),
        "ints": F(int64_list=I(value=[0, 1, -1, 2**62, -2**63])),
        "floats": F(float_list=X(value=[0.0, -1.5, 3.25e30])),
        "empty": F(bytes_list=B(value=[]))})).SerializeToString())
    w.write(b"")
    w.write(bytes(range(256)) * 300)

voxels = (np.random.default_rng(3).random((2, 128, 2, 2, 2)) < 0.5).astype(np.uint8)
def example(v, n):
    return tf.train.Example(features=tf.train.Features(feature={
        "object4d": F(bytes_list=B(value=[v.tobytes()])),
        "labelBetti": F(bytes_list=B(value=[bytes([1, n, 0, 2])])),
        "labelObjs": F(bytes_list=B(value=[bytes([n, 0, 1, 3])]))})).SerializeToString()
for name, kind in [("two_plain.tfrecords", ""), ("two_gzip.tfrecords", "GZIP")]:
    with tf.io.TFRecordWriter(str(out / name), tf.io.TFRecordOptions(compression_type=kind)) as w:
        for n, v in enumerate(voxels):
            w.write(example(v, n))
np.save(out / "two_voxels.npy", voxels)

event = tf.compat.v1.Event(wall_time=1.5, step=7, summary=tf.compat.v1.Summary(value=[
    tf.compat.v1.Summary.Value(tag="loss", simple_value=0.25), tf.compat.v1.Summary.Value(tag="rate", simple_value=-3.0)]))
(out / "event.bin").write_bytes(event.SerializeToString())
