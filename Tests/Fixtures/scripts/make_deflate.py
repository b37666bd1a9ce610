"""Writes Tests/Fixtures/files/deflate.npz: gzip files of many kinds and what they decompress to."""
import gzip
import io
import pathlib
import zlib

import numpy as np

out = pathlib.Path(__file__).resolve().parents[1] / "files"
rng = np.random.default_rng(11)

def gz(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, window=31, memory=8, pieces=1):
    c = zlib.compressobj(level, zlib.DEFLATED, window, memory, strategy)
    result, step = b"", max(1, len(data) // pieces)
    for i in range(0, len(data), step):
        result += c.compress(data[i:i + step])
        if pieces > 1:
            result += c.flush(zlib.Z_FULL_FLUSH if i % 2 else zlib.Z_SYNC_FLUSH)
    return result + c.flush()

sources = {
    "nothing": b"",
    "one": b"x",
    "zeros": bytes(70000),
    "random": rng.integers(0, 256, 2500, dtype=np.uint8).tobytes(),
    "skewed": (rng.gamma(0.3, 9, 8000).astype(np.int64) % 256).astype(np.uint8).tobytes(),
    "grid": (rng.random(40000) < 0.03).astype(np.uint8).tobytes(),
    "text": b"".join(b"frame %d of %d; " % (i * i % 97, i) for i in range(2500)),
}
for period in range(1, 40):
    sources[f"period{period}"] = (rng.integers(0, 256, period, dtype=np.uint8).tobytes() * 200)[:701 + period]
cases, expected = [], []
for name, data in sources.items():
    levels = [0, 1, 6, 9] if not name.startswith("period") else [6]
    for level in levels:
        cases.append(gz(data, level)); expected.append(name)
    if not name.startswith("period"):
        for strategy in [zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FILTERED]:
            cases.append(gz(data, 6, strategy)); expected.append(name)
        cases.append(gz(data, 6, pieces=7)); expected.append(name)
        cases.append(gz(data, 9, window=25, memory=1)); expected.append(name)
buffer = io.BytesIO()
with gzip.GzipFile("a name.bin", "wb", fileobj=buffer) as f:
    f.write(sources["text"])
cases.append(buffer.getvalue()); expected.append("text")
sources["two members"] = sources["text"] + sources["grid"]
cases.append(gz(sources["text"]) + gz(sources["grid"]) + bytes(20)); expected.append("two members")
# All optional header fields: extra, name, comment, header checksum.
plain = gz(sources["grid"])
cases.append(plain[:3] + b"\x1e" + plain[4:10] + b"\x03\x00abcname\0comment\0\x12\x34" + plain[10:]); expected.append("grid")

names = list(sources)
np.savez_compressed(
    out / "deflate.npz",
    cases=np.frombuffer(b"".join(cases), np.uint8),
    case_ends=np.cumsum([len(c) for c in cases]),
    case_sources=np.array([names.index(e) for e in expected]),
    sources=np.frombuffer(b"".join(sources.values()), np.uint8),
    source_ends=np.cumsum([len(s) for s in sources.values()]))
