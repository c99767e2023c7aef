"""Small models to train, and ways to copy one."""

import copy
import pickle

import keras
import numpy as np
import pytest

from ssgan.game.batches import batches
from ssgan.game.model import SSGAN

SGD = keras.optimizers.SGD


def compiled(model, **options):
    # XLA takes seconds to compile what takes microseconds here.
    options = {"jit_compile": False, "optimizer": SGD(0.05), **options}
    if isinstance(model, SSGAN):
        options = {"generator_optimizer": SGD(0.05), **options}
    else:
        options.setdefault(
            "loss", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
    model.compile(**options)
    return model


def make_batches(rng, n=20, shape=(6,), **options):
    x = rng.normal(size=(n, *shape)).astype("float32")
    options = {"labeled_size": 4, "unlabeled_size": 6, **options}
    return batches(x, np.arange(n) % 3, x, **options)


def through_a_file(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras")


COPIES = {
    "saved": through_a_file,
    "pickled": lambda model, _: pickle.loads(pickle.dumps(model)),
    "copied": lambda model, _: copy.deepcopy(model),
}
# Keras copies as it pickles.
WAYS = ["saved", "pickled", pytest.param("copied", marks=pytest.mark.slow)]
