"""Marching cubes of scikit-image (Lewiner) on a torus sampled at side^3.

python skimage_marching_cubes.py [--side 256] [--passes 3] [--method lewiner|lorensen]
The torus: radii 0.6 and 0.25 around the first axis, grid linspace(-1, 1, side), level 0.
"""
from common import arguments, report, timed

options = arguments(__doc__, side=256, passes=3, method="lewiner")

import numpy as np

axis = np.linspace(-1, 1, options.side, dtype=np.float32)
x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
volume = np.sqrt((np.sqrt(y * y + z * z) - 0.6) ** 2 + x * x) - np.float32(0.25)
result = {}


def scikit_image():
    from skimage.measure import marching_cubes
    step = (2 / (options.side - 1),) * 3
    vertices, faces, _, _ = marching_cubes(volume, 0.0, spacing=step, method=options.method)
    result.update(vertices=len(vertices), faces=len(faces))


seconds = timed(scikit_image, options.passes)
import skimage

report("scikit-image", seconds, version=skimage.__version__, side=options.side, method=options.method, **result)
