"""Makes the MATLAB files of this folder, with scipy: python3 make.py"""
import os

import numpy as np
import scipy.io as sio

here = os.path.dirname(os.path.abspath(__file__))


def axes(*sides):
    return np.meshgrid(*[np.arange(side) for side in sides], indexing="ij")


def save(name, variables, **options):
    sio.savemat(os.path.join(here, name), variables, **options)


i, j, k = axes(30, 30, 30)
instance = ((i - 10) ** 2 + (j - 14) ** 2 * 2 + (k - 15) ** 2 * 3 < 150).astype(np.uint8)
save("instance30.mat", {"instance": instance}, do_compression=True)

i, j, k = axes(2, 3, 4)
code = 100 * i + 10 * j + k
several = {
    "text": "hello",
    "cells": np.array([1, "a"], dtype=object),
    "part": {"a": 1, "b": np.eye(2)},
    "flat": np.eye(3),
    "code": code.astype(np.float64),
    "mask": code % 2 == 1,
    "small": code.astype(np.int16),
    "complexes": code.astype(complex),
}
save("several.mat", several, do_compression=False)
save("several7.mat", several, do_compression=True)

i, j, k = axes(3, 3, 3)
cube = (100 * i + 10 * j + k).astype(np.float64)
save("version4.mat", {"flat": np.eye(3), "cube": cube.reshape(3, 9, order="F")}, format="4")
