"""Windows per second of tf.data over a folder of GZIP TFRecords, as the thesis's input pipeline reads them.

python tfdata.py --folder DIR [--batch 16] [--length 80] [--increment 4] [--passes 3] [--files 0 (all)]
"""
import glob
import os

from common import arguments, report, timed

options = arguments(__doc__, folder=None, batch=16, length=80, increment=4, passes=3, files=0)

import tensorflow as tf

from records import parse, window

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
files = sorted(glob.glob(os.path.join(glob.escape(options.folder), "*.tfrecords")))
files = files[:options.files or None]
if len(files) < options.batch:
    raise SystemExit(f"{options.folder}: {len(files)} .tfrecords files are fewer than a batch of {options.batch}")

settings = tf.data.Options()
settings.deterministic = False
dataset = tf.data.TFRecordDataset(files, compression_type="GZIP", num_parallel_reads=tf.data.AUTOTUNE)
dataset = dataset.with_options(settings).map(
    lambda record: window(parse(record)[0], options.length, options.increment), num_parallel_calls=tf.data.AUTOTUNE)
dataset = dataset.shuffle(max(1, len(files) * (options.length // options.increment) // 2))
dataset = dataset.batch(options.batch, drop_remainder=True)
counts = []


def one_pass():
    counts.append(sum(int(past.shape[0]) for past, future in dataset))


seconds = timed(one_pass, options.passes)
report("tf.data", seconds, version=tf.__version__, files=len(files), batch=options.batch, threads=options.threads,
       windows=counts[0], windows_per_second=counts[0] / min(seconds))
