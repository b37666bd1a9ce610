"""What the peers share: arguments, timing and the one JSON line that each prints."""
import argparse
import json
import math
import os
import resource
import time


def arguments(description, threads=2, **options):
    """Parses `--name value` options; the given values are the defaults and tell the types (None: a path, required)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--threads", type=int, default=threads)
    for name, value in options.items():
        kind = str if value is None else type(value)
        parser.add_argument("--" + name.replace("_", "-"), type=kind, default=value, required=value is None)
    parsed = parser.parse_args()
    # Libraries read these when they are loaded, so this comes before their import.
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(parsed.threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    return parsed


def timed(step, count, warmup=1):
    """Seconds of each of `count` calls, after `warmup` calls that are not counted."""
    for _ in range(warmup):
        step()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def peak_bytes():
    """The largest memory of this process. What getrusage says would count the process that started this one, too."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def plain(value):
    """The same without numbers that JSON does not have: a loss that ran away is null."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def report(peer, seconds=None, **facts):
    """Prints the result: the best time, all of them, and the largest memory of this process."""
    line = {"peer": peer, **{name: plain(value) for name, value in facts.items()}}
    if seconds is not None:
        line.update(seconds=min(seconds), all_seconds=seconds)
    line["peak_bytes"] = peak_bytes()
    print(json.dumps(line), flush=True)


def cavity_like(batch, frames=20, seed=1):
    """Binary frames that move a little: [batch, frames, 16, 16, 16] float32, a few in a hundred of them ones."""
    import numpy as np
    random = np.random.default_rng(seed)
    z, y, x = np.meshgrid(*[np.arange(16.0)] * 3, indexing="ij")
    series = np.zeros((batch, frames, 16, 16, 16), np.float32)
    for sample in series:
        centres, speeds = random.uniform(2, 14, (5, 3)), random.normal(0, 0.3, (5, 3))
        for time_index, frame in enumerate(sample):
            for centre, speed in zip(centres, speeds):
                a, b, c = centre + time_index * speed
                frame[(z - a) ** 2 + (y - b) ** 2 + (x - c) ** 2 < 9] = 1
    return series
