"""Fitted methods of scikit-learn, as networks of plain Keras layers.

So they are saved, loaded and exported like every other network, and nothing of
scikit-learn is needed to predict.
"""

import functools

import keras
import numpy as np
from keras import layers, ops
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from ssgan.data.orientations import DIRECTIONS, LEAST_LENGTH, cells, orientations

# Probabilities below this one count as it: its logarithm is finite.
LEAST = 1e-7


def as_network(pipeline, shape, n_classes):
    """Return a network that computes what a pipeline does.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        What `ssgan.evaluation.baselines.fit_peer` returns for one of
        `ssgan.evaluation.left_out.PEERS`.
    shape : tuple of int
        Of an example: (columns,), or that of an image.
    n_classes : int
        K.

    Returns
    -------
    keras.Model
        From examples of shape (n, ...) to logits of shape (n, K), of which softmax
        makes the probabilities. No weight is trainable. The layer "features" gives the
        standardized rows, or rows of unit length; of images, their features.
    """
    form, model = pipeline[0], pipeline[-1]
    if isinstance(form, FunctionTransformer):
        form = functools.partial(_features, form.func)
    elif isinstance(form, StandardScaler):
        form = layers.Normalization(
            mean=form.mean_,
            variance=form.scale_**2,
            dtype="float32",
            name="features",
        )
    else:
        form = layers.UnitNormalization(dtype="float32", name="features")
    model = inner(model)
    if isinstance(model, LogisticRegression):
        logits = _regression
    elif isinstance(model, RandomForestClassifier):
        logits = _forest
    else:
        logits = _neighbors
    x = keras.Input(shape, dtype="float32")
    return keras.Model(x, logits(model, form(x), n_classes))


def inner(model):
    """Return what a model of self-training is around, and any other one as it is."""
    return model.estimator_ if isinstance(model, SelfTrainingClassifier) else model


def _features(features, images):
    """What `ssgan.data.unlearned_features.UnlearnedFeatures` make of images."""
    forms = {orientations: _orientations, np.asarray: lambda x: x}
    parts = []
    for form, components, scale in features.parts:
        matrix, bias = components.affine
        rows = layers.Flatten()(forms[form](images))
        parts.append(_dense(rows, scale * matrix, scale * bias))
    return layers.Concatenate(name="features")(parts)


def _orientations(images):
    """What `ssgan.data.orientations.orientations` makes of images."""
    height, width = images.shape[1:3]
    gray = ops.mean(images, axis=-1)
    right = _dense(gray, np.gradient(np.eye(width), axis=1))
    down = _dense(ops.transpose(gray, (0, 2, 1)), np.gradient(np.eye(height), axis=1))
    down = ops.transpose(down, (0, 2, 1))
    turns = ops.arctan2(down, right) / (2 * np.pi) * DIRECTIONS
    strength = ops.sqrt(ops.square(down) + ops.square(right))
    away = ops.expand_dims(turns, -1) - np.arange(DIRECTIONS, dtype="float32")
    # A direction is near another one over the end of the circle, too.
    away = ops.minimum(ops.abs(away), ops.abs(away + DIRECTIONS))
    maps = ops.relu(1 - away) * ops.expand_dims(strength, -1)
    # To cells: (n, height, width, 8), (n, height, 8, columns), (n, 8, columns, rows).
    pooled = _dense(ops.transpose(maps, (0, 1, 3, 2)), cells(width).T)
    pooled = _dense(ops.transpose(pooled, (0, 2, 3, 1)), cells(height).T)
    pooled = ops.transpose(pooled, (0, 3, 2, 1))
    length = ops.sqrt(ops.sum(pooled, axis=(1, 2, 3), keepdims=True))
    return ops.sqrt(pooled) / ops.maximum(length, LEAST_LENGTH)


def _regression(model, x, n_classes):
    weights, bias = model.coef_.T, model.intercept_
    if n_classes == 2:  # One logit, against 0 for the first class.
        weights, bias = (np.stack([0 * part, part], -1) for part in (weights, bias))
        weights, bias = weights[:, 0], bias[0]
    return _dense(x, weights, bias)


def _forest(model, x, n_classes):
    """The mean of what all trees say; each row goes down all trees at a time."""
    trees = [estimator.tree_ for estimator in model.estimators_]
    sizes = [tree.node_count for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]]).astype("int32")
    branches, votes = [], []
    for size, tree in zip(sizes, trees, strict=True):
        # A leaf leads to itself. Up to the threshold, a row goes to the left. Nodes
        # are counted from the root: float32 is exact up to 16 million.
        leaf, own = tree.children_left < 0, np.arange(size)
        column = np.where(leaf, 0, tree.feature)
        left = np.where(leaf, own, tree.children_left)
        right = np.where(leaf, own, tree.children_right)
        branches.append(np.stack([column, tree.threshold, left, right], axis=1))
        counts = tree.value[:, 0]
        votes.append(counts / counts.sum(axis=1, keepdims=True))
    branch_of, votes_of = (_lookup(np.concatenate(each)) for each in (branches, votes))
    # In this order: else Keras adds a bias, which TFLite has for floats alone.
    node = ops.add(roots, ops.cast(0 * x[:, :1], "int32"))
    for _ in range(max(tree.max_depth for tree in trees)):
        branch = branch_of(node)
        value = ops.take_along_axis(x, ops.cast(branch[..., 0], "int32"), axis=1)
        is_left = value <= branch[..., 1]
        below = ops.where(is_left, branch[..., 2], branch[..., 3])
        node = ops.add(roots, ops.cast(below, "int32"))
    return _logarithm(ops.mean(votes_of(node), axis=1))


def _neighbors(model, x, n_classes):
    """The mean of what label spreading says of the nearest rows it has seen."""
    rows, votes = model.X_, model.label_distributions_
    # Less the square of x, which is the same for all of them.
    nearness = _dense(x, 2 * rows.T, -(rows**2).sum(axis=1))
    _, nearest = ops.top_k(nearness, model.n_neighbors)
    said = ops.sum(_lookup(votes)(nearest), axis=1)
    total = ops.sum(said, axis=1, keepdims=True)
    # Where no label reaches them, all classes are equally likely.
    said = ops.where(total > 0, said / ops.maximum(total, 1e-30), 1 / n_classes)
    return _logarithm(said)


def _dense(x, weights, bias=0.0):
    """Return a product over the last axis."""
    bias = np.broadcast_to(bias, weights.shape[1:])
    layer = layers.Dense(len(bias), dtype="float32", trainable=False)
    layer.build(x.shape)
    layer.set_weights([weights, bias])
    return layer(x)


def _lookup(table):
    """Return a layer that looks up rows of a table of shape (n, d)."""
    layer = layers.Embedding(*table.shape, dtype="float32", trainable=False)
    layer.build(None)
    layer.set_weights([table])
    return layer


def _logarithm(probabilities):
    return ops.log(ops.maximum(probabilities, LEAST))
