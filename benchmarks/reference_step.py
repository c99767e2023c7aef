"""The paper's training step in its simplest form, and its matrix products alone.

speed.py times both beside the step of `SSGAN.fit`.
"""

import math

import keras
import tensorflow as tf

from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.nn import WeightNormalization, losses
from ssgan.nn.terms import FeatureMatching, MeanTeacher, PseudoLabels
from ssgan.nn.virtual_batch_normalization import ReferenceBatch, WithoutReference


class TextbookNormalization(WeightNormalization):
    """Compute ``g * v / ||v||`` anew in each pass, as the paper writes it."""

    def call(self, inputs):
        v = self.layer.kernel
        norm = tf.sqrt(tf.reduce_sum(tf.square(v), list(range(len(v.shape) - 1))))
        kernel = v * (self.scale / norm)
        with keras.StatelessScope(state_mapping=[(v, kernel)]):
            return self.layer(inputs)


def plain_step(model, recipe, xla):
    """Return the paper's step in its simplest form, compiled.

    It trains a copy of the discriminator, and the model's own generator. The average of
    the copy's weights is the model's classifier.

    Parameters
    ----------
    model : ssgan.SSGAN
    recipe : ssgan.recipes.Recipe
    xla : bool
        Whether to compile with XLA.

    Returns
    -------
    callable
        From a batch (see `ssgan.batches`, alternating) to both losses.
    """

    def plain(layer):
        # Ours draw noise and normalize more cheaply.
        if type(layer).__name__.endswith("Noise"):
            return keras.layers.GaussianNoise(layer.stddev)
        kind = type(layer)
        if kind is WeightNormalization:
            kind = TextbookNormalization
        return kind.from_config(layer.get_config())

    discriminator = keras.models.clone_model(model.discriminator, clone_function=plain)
    discriminator.set_weights(model.discriminator.get_weights())
    features_and_logits = AveragedClassifier(discriminator).features_and_logits
    generator, average = model.generator, model.classifier
    players = [
        keras.optimizers.Adam(
            recipe.learning_rate, recipe.beta_1, epsilon=recipe.epsilon
        )
        for _ in range(2)
    ]
    players[0].build(discriminator.trainable_variables)
    players[1].build(generator.trainable_variables)
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    size = recipe.unlabeled_size
    [norm] = [term.norm for term in model.terms if isinstance(term, FeatureMatching)]

    def generate():
        latents = keras.random.uniform((size, model.latents.dim))
        return generator(latents, training=True)

    def discriminate(x):
        # Losses need float32 in mixed precision.
        return [tf.cast(y, "float32") for y in features_and_logits(x, training=True)]

    @tf.function(jit_compile=xla)
    def step(batch):
        x, y = batch
        with tf.GradientTape() as tape:
            _, labeled = discriminate(model.preprocess(x["labeled"]))
            _, unlabeled = discriminate(model.preprocess(x["unlabeled"]))
            _, fake = discriminate(generate())
            loss = entropy(y, labeled) + losses.unsupervised(unlabeled, fake)
        weights = discriminator.trainable_variables
        players[0].apply(tape.gradient(loss, weights), weights)
        for mean, weight in zip(average.weights, discriminator.weights, strict=True):
            if "float" in str(weight.dtype):
                mean.assign_add(recipe.averaging_step * (weight - mean))
        with tf.GradientTape() as tape:
            real, _ = discriminate(model.preprocess(x["matched"]))
            fake, _ = discriminate(generate())
            matching = losses.feature_matching(real, fake, norm)
        weights = generator.trainable_variables
        players[1].apply(tape.gradient(matching, weights), weights)
        return loss, matching

    return step


class Products:
    """The products of one layer at one batch size, on operands of their own.

    Attributes
    ----------
    multiply_adds : int
        Of each of the three products, margins included.
    """

    def __init__(self, layer, size):
        inner = layer.layer if isinstance(layer, WeightNormalization) else layer
        self.kind = type(inner).__name__
        self._shapes = {
            "x": (size, *layer.input.shape[1:]),
            "y": (size, *layer.output.shape[1:]),
            "w": tuple(inner.kernel.shape),
        }
        # A kernel is applied at each place of the smaller map.
        places = self._shapes["x" if self.kind == "Conv2DTranspose" else "y"][:-1]
        self.multiply_adds = math.prod(places) * math.prod(self._shapes["w"])
        if self.kind != "Dense":
            self.options = {
                "strides": [1, *inner.strides, 1],
                "padding": inner.padding.upper(),
            }

    def make_operands(self):
        """Make what the products are of, once; it may be large."""
        dtype = keras.config.dtype_policy().compute_dtype
        for name, shape in self._shapes.items():
            if not hasattr(self, name):
                drawn = tf.Variable(tf.random.normal(shape, dtype=dtype))
                setattr(self, name, drawn)

    def forward(self):
        if self.kind == "Dense":
            return tf.matmul(self.x, self.w)
        if self.kind == "Conv2D":
            return tf.raw_ops.Conv2D(input=self.x, filter=self.w, **self.options)
        return self._transposed(self.y.shape, self.x)

    def to_weights(self):
        if self.kind == "Dense":
            return tf.matmul(self.x, self.y, transpose_a=True)
        small, large = (self.y, self.x) if self.kind == "Conv2D" else (self.x, self.y)
        return tf.raw_ops.Conv2DBackpropFilter(
            input=large, filter_sizes=self.w.shape, out_backprop=small, **self.options
        )

    def to_inputs(self):
        if self.kind == "Dense":
            return tf.matmul(self.y, self.w, transpose_b=True)
        if self.kind == "Conv2D":
            return self._transposed(self.x.shape, self.y)
        return tf.raw_ops.Conv2D(input=self.y, filter=self.w, **self.options)

    def _transposed(self, shape, y):
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=shape, filter=self.w, out_backprop=y, **self.options
        )


def layers_of(network, size):
    """Return the `Products` of each layer of a network that has a kernel, in order."""
    found = []
    for layer in network.layers:
        # Between these two layers, a batch is longer by a reference batch.
        if isinstance(layer, ReferenceBatch):
            size += layer.size
        elif isinstance(layer, WithoutReference):
            size -= layer.size
        elif hasattr(getattr(layer, "layer", layer), "kernel"):
            found.append(Products(layer, size))
    return found


def paper_products(model, recipe):
    """Return the products of the paper's step, functions in the order of their use."""
    d, g, n = model.discriminator, model.generator, recipe.unlabeled_size
    batches = {
        "labeled": layers_of(d, recipe.labeled_size),
        **{
            name: layers_of(d, n) for name in ("unlabeled", "fake", "matched", "fake 2")
        },
        **{name: layers_of(g, n) for name in ("generated", "generated 2")},
    }
    todo = []
    for name in ("generated", "labeled", "unlabeled", "fake"):
        todo += [p.forward for p in batches[name]]
    for name in ("labeled", "unlabeled", "fake"):
        todo += _to_weights(batches[name])
    # The generator's turn needs features alone, so the last layer has nothing to do.
    todo += [p.forward for p in batches["generated 2"]]
    todo += [p.forward for name in ("matched", "fake 2") for p in batches[name][:-1]]
    todo += [p.to_inputs for p in reversed(batches["fake 2"][:-1])]
    return todo + _to_weights(batches["generated 2"])


def generator_of(model):
    """Return the generator of a model, or None."""
    return getattr(model, "generator", None)


def trained(model, size):
    """Return how many of so many unlabeled examples a step trains on."""
    candidates = (getattr(term, "candidates", 1) for term in model.terms)
    return size // max(candidates, default=1)


def own_products(model, recipe):
    """Return the products of a recipe's own step, functions in the order of their use.

    Labeled and unlabeled examples share a pass. If the players do not alternate, the
    generator learns from the discriminator's pass. Pseudo-labels and the averaged
    teacher cost a pass forward. Other terms are not counted. There may be no generator.
    """
    d, g, size = model.discriminator, generator_of(model), recipe.unlabeled_size
    n = trained(model, size)
    real = layers_of(d, recipe.labeled_size + n)
    fake, generated = (layers_of(network, n) if g else [] for network in (d, g))
    todo = [p.forward for p in generated + real + fake]
    if any(isinstance(term, (PseudoLabels, MeanTeacher)) for term in model.terms):
        todo += [p.forward for p in layers_of(d, size)]
    todo += _to_weights(real) + _to_weights(fake)
    if g and recipe.alternating:
        matched, fake, generated = (layers_of(network, size) for network in (d, d, g))
        todo += [p.forward for p in generated + matched[:-1] + fake[:-1]]
    todo += [p.to_inputs for p in reversed(fake[:-1])]
    return todo + _to_weights(generated)


def _to_weights(products):
    """Return what a gradient of all weights of a network needs."""
    todo = [p.to_weights for p in reversed(products)]
    return todo + [p.to_inputs for p in reversed(products[1:])]


def limit_steps(products, xla):
    """Return a step that is products and nothing else, compiled, in two orders."""
    for product in products:
        product.__self__.make_operands()

    def compiled(in_order):
        @tf.function(jit_compile=xla)
        def step(batch):  # `_` is no name for TensorFlow.
            results = []
            for product in products:
                with tf.control_dependencies(results[-1:] if in_order else []):
                    results.append(product())
            # One number of each, so that none is optimized away.
            return tf.add_n(
                [tf.cast(tf.reshape(r, [-1])[0], "float32") for r in results]
            )

        return step

    return compiled(True), compiled(False)
