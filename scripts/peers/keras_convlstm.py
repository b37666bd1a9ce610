"""The published ConvLSTM3D in Keras 3, as a tf.function: a training step (Adam 1e-3, 19 frames of 16^3) or a prediction.

python keras_convlstm.py [--mode train|predict] [--batch 16] [--frames 20] [--steps 2] [--threads 2]
The frames are those of a series; the network sees all but the last.
"""
from common import arguments, cavity_like, report, timed

options = arguments(__doc__, batch=16, steps=2, frames=20, mode="train")

import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
layers = keras.layers


def network():
    cell = dict(padding="same", return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid")
    x = inputs = layers.Input(shape=(None, 16, 16, 16, 1))
    x = layers.BatchNormalization()(layers.ConvLSTM3D(32, 5, **cell)(x))
    x = layers.BatchNormalization()(layers.ConvLSTM3D(32, 3, **cell)(x))
    x = layers.ConvLSTM3D(32, 1, **cell)(x)
    x = layers.TimeDistributed(layers.Conv3D(1, 5, padding="same"))(x)
    return keras.Model(inputs, layers.Activation("sigmoid")(x))


model = network()
optimizer = keras.optimizers.Adam(1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
optimizer.build(model.trainable_variables)


@tf.function(jit_compile=False)
def step(past, future):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(future, model(past, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


@tf.function(jit_compile=False)
def predict(past):
    return model(past, training=False)


series = tf.constant(cavity_like(options.batch, options.frames)[..., None])
past, future = series[:, :-1], series[:, 1:]
losses = []
train = lambda: losses.append(float(step(past, future)))
seconds = timed(train if options.mode == "train" else lambda: predict(past).numpy(), options.steps)
report("keras", seconds, version=keras.__version__, tensorflow=tf.__version__, batch=options.batch,
       frames=options.frames - 1, threads=options.threads, mode=options.mode, parameters=model.count_params(), losses=losses)
