"""variants/: small forecasters saved in other ways, with their weights as Keras lists them.

python make_variants.py k3     with Keras 3.15.1
python make_variants.py k2     with TensorFlow 2.15.1 (Keras 2.15)
"""
import os
import sys

import keras
import numpy as np
import tensorflow as tf

if not keras.__version__.startswith("3"):
    keras = tf.keras
L = keras.layers
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "variants")
keras.utils.set_random_seed(5)


def forecaster(sequential, names=False, **options):
    name = (lambda text: {"name": text}) if names else (lambda text: {})
    cell = dict(padding="same", return_sequences=True, activation="relu", **options)
    layers = [L.ConvLSTM3D(2, 3, **cell, **name("zeta")),
              L.BatchNormalization(center=not names, scale=not names, name="middle"),
              L.ConvLSTM3D(3, 1, **cell, **name("alpha")),
              L.TimeDistributed(L.Conv3D(1, 3, padding="same", activation="sigmoid"), **name("head"))]
    inputs = L.Input(shape=(None, 8, 8, 8, 1))
    if sequential:
        return keras.Sequential([inputs] + layers)
    x = inputs
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x)


def save(model, name):
    for suffix in ("h5", "keras"):
        model.save(os.path.join(folder, f"{name}.{suffix}"))
    np.savez(os.path.join(folder, f"{name}.npz"), **{str(i): w for i, w in enumerate(model.get_weights())})


compiled = forecaster(True)
compiled.compile("adam", "binary_crossentropy")
noise = np.random.default_rng(5).random((2, 2, 8, 8, 8, 1)).astype("f")
compiled.fit(noise, noise.round(), verbose=0)
save(compiled, "sequential_" + sys.argv[1])
save(forecaster(False, True, use_bias=False, recurrent_activation="hard_sigmoid"), "named_" + sys.argv[1])
