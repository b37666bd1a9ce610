"""Writes TFRecords with TensorFlow as the thesis does: the other direction of the interoperability check.

python tf_write_records.py --out DIR [--count 4] [--seed 1]
Writes 4d_mixed_#INDEX_COUNT_16.tfrecords and expected.npz with NAME.object4d, NAME.labelBetti, NAME.labelObjs.
"""
import os

from common import arguments, cavity_like, report

options = arguments(__doc__, out=None, count=4, seed=1)

import numpy as np
import tensorflow as tf

from records import example

os.makedirs(options.out, exist_ok=True)
random = np.random.default_rng(options.seed)
arrays = {}
volumes = cavity_like(options.count, frames=128, seed=options.seed).astype(np.uint8)
for index, volume in enumerate(volumes, start=1):
    counts = random.integers(0, 9, 4).astype(np.uint8)
    betti = random.integers(0, 30, 4).astype(np.uint8)
    name = f"4d_mixed_#{index}_{counts.sum()}_16"
    settings = tf.io.TFRecordOptions(compression_type="GZIP")
    with tf.io.TFRecordWriter(os.path.join(options.out, name + ".tfrecords"), options=settings) as writer:
        writer.write(example(volume, betti, counts))
    arrays.update({f"{name}.object4d": volume, f"{name}.labelBetti": betti, f"{name}.labelObjs": counts})
np.savez_compressed(os.path.join(options.out, "expected.npz"), **arrays)
report("tf_write_records", version=tf.__version__, files=options.count, out=options.out)
