"""The thesis's record format, in TensorFlow's own words: reading, cropping and writing."""
import tensorflow as tf


def parse(record):
    """The fields of one record as bytes decoded to uint8: volume [128,16,16,16], Betti numbers [4], counts [4]."""
    fields = {name: tf.io.FixedLenFeature([], tf.string) for name in ("object4d", "labelBetti", "labelObjs")}
    example = tf.io.parse_single_example(record, fields)
    decoded = {name: tf.io.decode_raw(example[name], tf.uint8) for name in fields}
    return decoded["object4d"], decoded["labelBetti"], decoded["labelObjs"]


def window(volume, length, increment, side=16, total=128):
    """The middle `length` of 128 time points, every `increment`-th; as a pair of past and future frames."""
    volume = tf.reshape(volume, [total, side, side, side])
    crop = (total - length) // 2
    frames = tf.reshape(volume[crop:total - crop:increment], [length // increment, side, side, side])
    return frames[:-1], frames[1:]


def example(volume, betti, counts):
    """A serialised tf.train.Example of raw bytes."""
    def field(values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[values.astype("uint8").tobytes()]))
    features = {"object4d": field(volume), "labelBetti": field(betti), "labelObjs": field(counts)}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()
