"""Every random number follows from the seed, and from nothing else."""

import random
import threading

import keras
import numpy as np
import pytest
from tiny import TINY_GAME

from ssgan import SSGANClassifier
from ssgan.nn.seeding import Seeds
from ssgan.training.build import build


def weights(model):
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


def test_other_users_of_pythons_generator_change_nothing(data):
    x, *_ = data
    random.seed(1)
    first = build(TINY_GAME, x, 2, seed=5)
    random.seed(2)
    second = build(TINY_GAME, x, 2, seed=5)
    np.testing.assert_array_equal(weights(first), weights(second))
    assert first.random_states == second.random_states
    other = build(TINY_GAME, x, 2, seed=6)
    assert np.abs(weights(first) - weights(other)).max() > 0.01


@pytest.mark.slow  # Four trainings.
def test_threads_give_the_numbers_of_one(data):
    x, *_ = data
    y, randint = np.arange(40) % 3 - 1, random.randint

    def fit(seed, results):
        classifier = SSGANClassifier(TINY_GAME, random_state=seed).fit(x, y)
        results[seed] = classifier.predict_proba(x)

    alone, together = {}, {}
    for seed in range(2):
        fit(seed, alone)
    threads = [threading.Thread(target=fit, args=(s, together)) for s in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert random.randint is randint
    for seed in range(2):
        np.testing.assert_array_equal(alone[seed], together[seed])


def test_no_two_layers_share_a_seed():
    """Keras lets layers share an initializer, and then its seed."""
    drawn = keras.initializers.RandomNormal()
    network = keras.Sequential(
        [keras.Input((4,)), *(keras.layers.Dense(4, kernel_initializer=drawn),) * 1]
    )
    network.add(keras.layers.Dense(4, kernel_initializer=drawn))
    before = network.get_weights()
    np.testing.assert_array_equal(before[0], before[2])
    after = Seeds(0).seeded_network(network).get_weights()
    assert np.abs(after[0] - after[2]).max() > 0.01


def test_networks_of_ones_own_follow_the_seed_and_keep_loaded_weights(data):
    x, *_ = data

    def discriminator(shape, n_classes):
        network = keras.Sequential(
            [
                keras.Input(shape),
                keras.layers.Dense(5, "relu", name="loaded"),
                keras.layers.Dropout(0.2),
                keras.layers.Dense(n_classes),
            ]
        )
        network.get_layer("loaded").kernel.assign(np.full((3, 5), 0.25))
        return network

    models = [
        build(TINY_GAME, x, 2, discriminator=discriminator, seed=3) for _ in range(2)
    ]
    first, second = (weights(model.discriminator) for model in models)
    np.testing.assert_array_equal(first, second)
    loaded = models[0].discriminator.get_layer("loaded").kernel.numpy()
    np.testing.assert_array_equal(loaded, 0.25)


def test_terms_and_augmentation_have_seeds(data):
    recipe = TINY_GAME.with_term("VirtualAdversarial", weight=0.1)
    model = build(recipe, data[0], 2, seed=4)
    term = model.terms[-1]
    assert isinstance(term.seed, int)
    assert term.seed_generator in model.seed_generators
