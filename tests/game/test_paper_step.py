"""One update of the papers' convolutional pair, against the formulas written out.

In float64, one loop for each place of a kernel, and slopes by central differences: slow
and plain. Dropout is off, since its masks cannot be known from outside.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan.game.model import SSGAN
from ssgan.nn.networks import conv_discriminator, conv_generator
from ssgan.nn.terms import FeatureMatching, RealOrFake

RATE = 0.1
CHECKED = 4  # Numbers of each variable.


def normalized(v, g, axes):
    return g * v / np.sqrt((v**2).sum(axis=axes, keepdims=True))


def convolve(x, w, stride=1, pad=(1, 1)):
    n, size, width = len(x), x.shape[1], w.shape[0]
    x = np.pad(x, ((0, 0), pad, pad, (0, 0)))
    out = (size + sum(pad) - width) // stride + 1
    y = np.zeros((n, out, out, w.shape[3]))
    for a, b in np.ndindex(w.shape[:2]):
        rows = slice(a, a + stride * (out - 1) + 1, stride)
        columns = slice(b, b + stride * (out - 1) + 1, stride)
        y += x[:, rows, columns] @ w[a, b]
    return y


def convolve_transposed(x, w):
    """Stride 2 and "same": the adjoint of the convolution that is padded by (1, 2)."""
    n, size = x.shape[:2]
    y = np.zeros((n, 2 * size + 3, 2 * size + 3, w.shape[2]))
    for a, b in np.ndindex(w.shape[:2]):
        y[:, a : a + 2 * size : 2, b : b + 2 * size : 2] += x @ w[a, b].T
    return y[:, 1:-2, 1:-2]


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def discriminate(d, x):
    """Features and logits; d holds kernel, bias and scale of each layer."""
    strides = (1, 1, 2, 1, 1, 2, 1, 1, 1)
    for i, stride in enumerate(strides):
        v, b, g = d[3 * i : 3 * i + 3]
        pad = (0, 0) if i > 5 else (0, 1) if stride == 2 else (1, 1)
        x = leaky(convolve(x, normalized(v, g, (0, 1, 2)), stride, pad) + b)
    f = x.mean(axis=(1, 2))
    v, b, g = d[27:]
    return f, f @ normalized(v, g, 0) + b


def generate(g, z, start):
    """Pictures; g holds kernels and the offsets of batch normalization in turn."""

    def batch_normalized(x, offset):
        axes = tuple(range(x.ndim - 1))
        return (x - x.mean(axes)) / np.sqrt(x.var(axes) + 1e-6) + offset

    x = np.maximum(batch_normalized(z @ g[0], g[1]), 0)
    x = x.reshape(len(z), start, start, -1)
    for v, offset in ((g[2], g[3]), (g[4], g[5])):
        x = np.maximum(batch_normalized(convolve_transposed(x, v), offset), 0)
    v, b, scale = g[6:]
    v = normalized(v, scale[:, None], (0, 1, 3))
    return np.tanh(convolve_transposed(x, v) + b)


def arrays(network):
    """The trained variables, and fixed scales, in the order of the formulas."""
    found = []
    for layer in network.layers:
        inner = getattr(layer, "layer", layer)
        names = {w.name: w for w in (*inner.weights, *layer.weights)}
        found += [names[k] for k in ("kernel", "bias", "beta", "scale") if k in names]
    return found


def log_partition(logits):
    return np.log(np.exp(logits).sum(axis=1))


def softplus(x):
    return np.log1p(np.exp(x))


def test_update_of_the_papers_convolutional_pair(rng):
    shape, start = (16, 16, 3), 2
    discriminator = conv_discriminator(
        shape, 4, filters=(3, 5), input_dropout=0.0, dropout=0.0
    )
    generator = conv_generator(7, shape, filters=(6, 5, 4))
    model = SSGAN(
        discriminator,
        generator,
        terms=[RealOrFake(), FeatureMatching(norm="l1")],
    )
    model.compile(
        optimizer=keras.optimizers.SGD(RATE),
        generator_optimizer=keras.optimizers.SGD(RATE),
        jit_compile=False,
    )
    images = {
        name: rng.uniform(-1, 1, (6, *shape)).astype("float32")
        for name in ("labeled", "unlabeled", "matched")
    }
    labels, z = np.array([0, 1, 2, 3, 0, 1]), rng.uniform(size=(6, 7)).astype("float32")
    model.draw_latents = lambda n, seed=None, classes=None: tf.constant(z)
    model.initialize(rng.uniform(-1, 1, (6, *shape)).astype("float32"))

    def now(network):
        return [v.numpy().astype("float64") for v in arrays(network)]

    d, g = now(discriminator), now(generator)
    model.train_step((images, labels))
    new_d, new_g = now(discriminator), now(generator)

    def discriminator_loss(d):
        logits = discriminate(d, images["labeled"])[1]
        at_label = logits[np.arange(6), labels]
        real = log_partition(discriminate(d, images["unlabeled"])[1])
        fake = log_partition(discriminate(d, generate(g, z, start))[1])
        return (
            (log_partition(logits) - at_label).mean()
            + 0.5 * (softplus(real) - real).mean()
            + 0.5 * softplus(fake).mean()
        )

    def generator_loss(g):
        real = discriminate(new_d, images["matched"])[0].mean(axis=0)
        fake = discriminate(new_d, generate(g, z, start))[0].mean(axis=0)
        return abs(real - fake).mean()

    players = (
        (discriminator, d, new_d, discriminator_loss),
        (generator, g, new_g, generator_loss),
    )
    for network, before, after, loss in players:
        variables = arrays(network)
        for i, (variable, array) in enumerate(zip(variables, before, strict=True)):
            moved = (array - after[i]) / RATE
            if not variable.trainable:
                assert not moved.any()
                continue
            for place in rng.choice(array.size, min(CHECKED, array.size), False):
                at, values = array.flat[place], []
                # So short that hardly a leaky ReLU turns its corner.
                for delta in (1e-7, -1e-7):
                    array.flat[place] = at + delta
                    values.append(loss(before))
                array.flat[place] = at
                slope = (values[0] - values[1]) / 2e-7
                where = f"{network.name}, {variable.path}, place {place}"
                expected = pytest.approx(slope, rel=1e-3, abs=1e-6)
                assert moved.flat[place] == expected, where
