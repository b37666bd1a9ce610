"""unusual/: small HDF5 files that Keras would not write, for the tests of what is refused. Needs h5py.

python make_unusual.py
"""
import json
import os

import h5py
import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unusual")
values = np.arange(16, dtype=np.float32)
configuration = {"class_name": "Sequential", "config": {"name": "m", "layers": [
    {"class_name": "Dense", "config": {"name": "dense", "units": 16}}]}}


def write(name, fill, root=None, **options):
    with h5py.File(os.path.join(folder, name + ".h5"), "w", **options) as file:
        file.attrs["keras_version"] = "2.10.0"
        file.attrs["model_config"] = json.dumps(configuration)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = ["dense"]
        dense = weights.create_group("dense")
        dense.attrs["weight_names"] = ["dense/kernel:0"]
        fill(dense.create_group("dense"))
        if root:
            root(file)


def external(group):
    group.create_dataset("kernel:0", (16,), "f4", external=[("/etc/passwd", 0, 64)])


def virtual(group):
    layout = h5py.VirtualLayout(shape=(16,), dtype="f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", shape=(16,))
    group.create_virtual_dataset("kernel:0", layout)


def assign(value):
    return lambda group: group.__setitem__("kernel:0", value)


def plain(group):
    group["kernel:0"] = values


def fixed_names(file):
    file["model_weights"].attrs["layer_names"] = np.array([b"dense"], dtype="S8")


write("plain", plain)
write("fixed_length_names", plain, root=fixed_names)
write("soft_link", assign(h5py.SoftLink("/elsewhere")))
write("external_link", assign(h5py.ExternalLink("elsewhere.h5", "/x")))
write("external_values", external)
write("virtual", virtual)
write("gzip", lambda group: group.create_dataset("kernel:0", data=values, compression="gzip"))
write("float64", assign(values.astype("f8")))
write("compound", assign(np.zeros(4, dtype=[("a", "f4"), ("b", "i4")])))
write("latest_format", plain, libver="latest")
write("loop", lambda group: group.__setitem__("kernel:0", group.parent))
write("missing", lambda group: None)
write("number_for_names", plain, root=lambda file: file["model_weights"].attrs.__setitem__("layer_names", 5))
write("weights_only", plain, root=lambda file: file.attrs.__delitem__("model_config"))
write("no_version", plain, root=lambda file: file.attrs.__delitem__("keras_version"))
