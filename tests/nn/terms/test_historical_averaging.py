"""The weights of a player stay near their own past."""

import numpy as np
import pytest
import tensorflow as tf
from models import compiled, make_batches, through_a_file

from ssgan.errors import InputError
from ssgan.game.model import SSGAN
from ssgan.nn.terms import FeatureMatching, HistoricalAveraging, RealOrFake


def averaging(vector_pair, player):
    terms = [RealOrFake(), FeatureMatching(), HistoricalAveraging(0.5, player)]
    return compiled(SSGAN(*vector_pair, terms=terms))


def trained(model, player):
    return np.concatenate(
        [w.numpy().ravel() for w in getattr(model, player).trainable_weights]
    )


@pytest.mark.parametrize("player", ["discriminator", "generator"])
@pytest.mark.parametrize("alternating", [False, True], ids=["at once", "alternating"])
def test_value_is_the_distance_from_the_mean_of_the_past(
    player, alternating, vector_pair, rng
):
    model = averaging(vector_pair, player)
    past, found = [], []
    for x, y in make_batches(rng, alternating=alternating).take(4):
        past.append(trained(model, player))
        logs = model.train_step((x, y))
        model.reset_metrics()
        found.append(float(logs["historical_averaging"]))
    # Salimans et al. 2016, section 3.3.
    expected = [
        np.square(past[t] - np.mean(past[: t + 1], axis=0)).sum() for t in range(4)
    ]
    assert expected[-1] > 1e-4
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-8)


def test_unknown_player_is_refused():
    with pytest.raises(InputError, match="player to be one of"):
        HistoricalAveraging(player="judge")


def test_gradient_leads_to_the_mean(vector_pair):
    model = averaging(vector_pair, "generator")
    term = model.terms[-1]
    weights = model.generator.trainable_weights
    model.steps_done.assign(3)
    for mean, weight in zip(term.means, weights, strict=True):
        mean.assign(weight - 4.0)
    with tf.GradientTape() as tape:
        value = term(model, None)
    # The fourth value joins the mean, which comes nearer by a quarter: 3 are left.
    n = sum(int(np.prod(w.shape)) for w in weights)
    assert float(value) == pytest.approx(9 * n, rel=1e-5)
    for slope in tape.gradient(value, weights):
        np.testing.assert_allclose(slope, 2 * 3.0, rtol=1e-5)


def test_saved_model_remembers_the_past(vector_pair, rng, tmp_path):
    model = averaging(vector_pair, "discriminator")
    model.train_step(next(iter(make_batches(rng))))
    twin = through_a_file(model, tmp_path)
    for one, other in zip(model.terms[-1].means, twin.terms[-1].means, strict=True):
        np.testing.assert_array_equal(one, other)
    # Biases begin at 0, kernels do not.
    assert any(np.abs(mean).max() > 0.01 for mean in twin.terms[-1].means)
