"""The published frame GAN in Keras 3, as a tf.function: a training step (critic with gradient penalty, then encoder and generator).

python keras_framegan.py [--past 1|3] [--batch 32] [--steps 2] [--threads 2]
Variant preres, base width 256, codes of 256, kernel 5, dropout 0.2, three Adams 1e-4, 0.5/0.999/1e-7, float32.
Keras 3 takes the mean inside the variance of its layer norm for a constant, so the penalty's gradient for the critic is off by
2 to 10 percent. The work is the same; the losses after the first step are not.
"""
from common import arguments, cavity_like, report, timed

options = arguments(__doc__, batch=32, steps=2, past=1)

import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
layers = keras.layers
BASE, CODE, KERNEL, DROPOUT, PENALTY = 256, 256, 5, 0.2, 100


def down_block(x, filters, strides, norm):
    shortcut = layers.AveragePooling3D(2)(x) if strides == 2 else x
    shortcut = layers.Conv3D(filters, 1)(shortcut)
    x = layers.Dropout(DROPOUT)(layers.LeakyReLU()(norm()(x)))
    return layers.Add()([shortcut, layers.Conv3D(filters, KERNEL, strides, padding="same")(x)])


def trunk(inputs, outputs, norm):
    """Encoder and critic: frames to a row of numbers."""
    x = layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    x = layers.Conv3D(BASE // 8, KERNEL, padding="same")(x)
    for filters, strides in [(BASE // 4, 2), (BASE // 2, 2), (BASE, 1)]:
        x = down_block(x, filters, strides, norm)
    x = layers.Dropout(DROPOUT)(layers.LeakyReLU()(norm()(x)))
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], layers.Dense(outputs)(layers.Flatten()(x)))


def up_block(x, filters, scale):
    grow = layers.UpSampling3D(scale) if scale > 1 else layers.Identity()
    shortcut = layers.Conv3D(filters, 1)(grow(x))
    x = grow(layers.ReLU()(layers.BatchNormalization()(x)))
    return layers.Add()([shortcut, layers.Conv3DTranspose(filters, KERNEL, padding="same")(x)])


def decoder(inputs):
    code = layers.Input(shape=(inputs,))
    x = layers.Reshape((4, 4, 4, BASE))(layers.Dense(BASE * 4**3)(code))
    for filters, scale in [(BASE // 2, 1), (BASE // 4, 2), (BASE // 8, 2)]:
        x = up_block(x, filters, scale)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv3DTranspose(1, KERNEL, padding="same")(x)
    return keras.Model(code, layers.Activation("sigmoid")(x))


frame_input = lambda: layers.Input(shape=(16, 16, 16, 1))
encoder, generator = trunk([frame_input()], CODE, layers.BatchNormalization), decoder(options.past * CODE)
critic = trunk([frame_input(), frame_input()], 1, layers.LayerNormalization)
players = [encoder, generator, critic]
optimizers = [keras.optimizers.Adam(1e-4, beta_1=0.5, beta_2=0.999, epsilon=1e-7) for _ in players]
for optimizer, player in zip(optimizers, players):
    optimizer.build(player.trainable_variables)


def predicted(past):
    """The next frame. The published three-frame encoder is in inference mode even while it learns."""
    codes = [encoder(past[:, index], training=options.past == 1) for index in range(options.past)]
    return generator(tf.concat(codes, axis=1), training=True)


def gradient_norms(frame, target):
    with tf.GradientTape() as tape:
        tape.watch(frame)
        opinion = critic([frame, target], training=False)
    return tf.sqrt(tf.reduce_sum(tf.square(tape.gradient(opinion, frame)), axis=[1, 2, 3, 4]))


def update(tape, loss, chosen):
    variables = [players[index].trainable_variables for index in chosen]
    for index, own, gradients in zip(chosen, variables, tape.gradient(loss, variables)):
        optimizers[index].apply_gradients(zip(gradients, own))


@tf.function(jit_compile=False)
def step(past, target):
    fake = predicted(past)
    alpha = tf.random.uniform([len(target), 1, 1, 1, 1])
    with tf.GradientTape() as tape:
        # The critic sees the frame that is to be predicted, too.
        opinions = [critic([frame, target], training=True) for frame in (fake, target)]
        norms = gradient_norms(target + alpha * (fake - target), target)
        critic_loss = tf.reduce_mean(opinions[0]) - tf.reduce_mean(opinions[1])
        critic_loss += PENALTY * tf.reduce_mean((norms - 1) ** 2)
    update(tape, critic_loss, [2])
    with tf.GradientTape() as tape:
        generator_loss = -tf.reduce_mean(critic([predicted(past), target], training=True))
    update(tape, generator_loss, [0, 1])
    return critic_loss, generator_loss


series = tf.constant(cavity_like(options.batch, options.past + 1)[..., None])
past, target = series[:, :-1], series[:, -1]
losses = []
seconds = timed(lambda: losses.append([float(loss) for loss in step(past, target)]), options.steps)
report("keras", seconds, version=keras.__version__, tensorflow=tf.__version__, batch=options.batch, past=options.past,
       threads=options.threads, parameters=[player.count_params() for player in players], losses=losses)
