"""Writes Tests/Fixtures/files/*.npy and *.npz with numpy: every element type, byte order, header version and zip form."""
import io
import pathlib
import zipfile

import numpy as np
from numpy.lib import format as npy

out = pathlib.Path(__file__).resolve().parents[1] / "files"
out.mkdir(exist_ok=True)

# One rule for all types, so that a test can compute what it expects: value = (7 * index) % 101, minus 50 where signed.
def values(dtype, shape):
    v = (7 * np.arange(np.prod(shape, dtype=int))) % 101
    if dtype.kind in "if":
        v = v - 50
    if dtype.kind == "b":
        v = v % 2
    return v.reshape(shape).astype(dtype)

shape = (3, 4, 5)
arrays = {}
for code in ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]:
    for order in "<>":
        for layout in "CF":
            name = f"{code}_{'big' if order == '>' else 'little'}_{layout}"
            arrays[name] = np.array(values(np.dtype(order + code), shape), order=layout)
np.savez_compressed(out / "types.npz", **arrays)

np.save(out / "big_fortran.npy", arrays["f4_big_F"])
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(out / f"version{version[0]}.npy", "wb") as f:
        npy.write_array(f, arrays["i2_little_C"], version=version)
np.save(out / "scalar.npy", np.float64(2.5))
np.save(out / "empty.npy", np.zeros((0, 3), np.float32))
np.save(out / "vector.npy", np.arange(5, dtype=np.int64))
np.save(out / "halves.npy", np.array([0, -0.0, 1, 65504, 6e-8, 6.1e-5, np.inf, -np.inf, 0.333], np.float16))
np.save(out / "complex.npy", np.zeros(3, np.complex64))
np.save(out / "record.npy", np.zeros(3, [("x", "<f4"), ("y", "<i2")]))

frames = (np.random.default_rng(5).random((6, 4, 5, 3)) < 0.3).astype(np.uint8)
np.savez(out / "stored.npz", frames=frames, other=arrays["f8_little_C"])
np.savez_compressed(out / "deflated.npz", frames=frames.astype(np.float32), affine=np.arange(16.0).reshape(4, 4))
np.save(out / "series.npy", np.asfortranarray(frames))

def entry(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()

# zip64 extra fields in the local and the central headers, as a writer of unknown length makes them.
with zipfile.ZipFile(out / "zip64.npz", "w", zipfile.ZIP_DEFLATED, allowZip64=True) as z:
    with z.open("frames.npy", "w", force_zip64=True) as f:
        f.write(entry(frames))
with zipfile.ZipFile(out / "bzip2.npz", "w", zipfile.ZIP_BZIP2) as z:
    z.writestr("frames.npy", entry(frames))

bomb = np.zeros((64, 64, 64, 64), np.uint8)
np.savez_compressed(out / "bomb.npz", frames=bomb)
