"""Reads a folder of our TFRecords with TensorFlow's own parser, as the thesis does, and writes their arrays.

python tf_read_records.py --folder DIR --out FILE.npz [--length 80] [--increment 4]
For every file NAME.tfrecords: NAME.object4d, NAME.labelBetti, NAME.labelObjs (uint8), NAME.past and NAME.future.
"""
import glob
import os

from common import arguments, report

options = arguments(__doc__, folder=None, out=None, length=80, increment=4, side=16)

import numpy as np
import tensorflow as tf

from records import parse, window

arrays = {}
files = sorted(glob.glob(os.path.join(glob.escape(options.folder), "*.tfrecords")))
if not files:
    raise SystemExit(f"{options.folder}: no .tfrecords files")
for file in files:
    records = list(tf.data.TFRecordDataset([file], compression_type="GZIP").map(parse))
    if len(records) != 1:
        raise SystemExit(f"{file}: {len(records)} records, not one")
    volume, betti, counts = records[0]
    past, future = window(volume, options.length, options.increment, side=options.side)
    name = os.path.splitext(os.path.basename(file))[0]
    volume = tf.reshape(volume, [128] + [options.side] * 3)
    for part, value in (("object4d", volume), ("labelBetti", betti), ("labelObjs", counts), ("past", past), ("future", future)):
        arrays[f"{name}.{part}"] = value.numpy()
np.savez_compressed(options.out, **arrays)
report("tf_read_records", version=tf.__version__, files=len(files), arrays=len(arrays), out=options.out)
