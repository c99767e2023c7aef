import keras
import numpy as np
import pytest
from formulas import f32, forward, parameters
from models import COPIES, WAYS

from ssgan.game.ensemble import Ensemble
from ssgan.game.model import SSGAN


@pytest.fixture
def ensemble(vector_pair):
    discriminator, generator = vector_pair
    members = []
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        member = SSGAN(
            *(keras.models.clone_model(n) for n in (discriminator, generator))
        )
        members.append(member)
    return Ensemble(members, info={"class_names": ["a", "b", "c"]})


def test_ensemble_averages_probabilities(ensemble, rng):
    x = f32(rng.normal(size=(7, 6)))
    logits = [forward(parameters(m.classifier), x)[1] for m in ensemble.members]
    each = [np.exp(a) / np.exp(a).sum(axis=1, keepdims=True) for a in logits]
    assert np.ptp(each, axis=0).max() > 0.01
    p = keras.ops.softmax(ensemble.predict(x, verbose=0))
    np.testing.assert_allclose(p, np.mean(each, axis=0), atol=1e-6)
    np.testing.assert_allclose(
        ensemble.features(x),
        np.hstack([forward(parameters(m.classifier), x)[0] for m in ensemble.members]),
        atol=1e-5,
    )


@pytest.mark.parametrize("how", WAYS)
def test_copied_ensemble_predicts_the_same(ensemble, how, tmp_path, rng):
    x = f32(rng.normal(size=(7, 6)))
    twin = COPIES[how](ensemble, tmp_path)
    np.testing.assert_array_equal(twin(x), ensemble(x))
    assert twin.info == ensemble.info
    assert [type(m) for m in twin.members] == 3 * [SSGAN]


def test_ensemble_deals_out_its_samples(ensemble):
    shares = [3, 2, 2]
    expected = [m.sample(k, 1) for m, k in zip(ensemble.members, shares, strict=True)]
    made = np.asarray(ensemble.sample(7, seed=1))
    np.testing.assert_array_equal(
        np.sort(made, axis=0), np.sort(np.concatenate(expected), axis=0)
    )
    np.testing.assert_array_equal(made, ensemble.sample(7, seed=1))
    assert ensemble.sample(2).shape == (2, 6)


def test_any_part_of_the_samples_is_of_all_members(ensemble):
    made = np.asarray(ensemble.sample(60, seed=1))
    first = np.asarray(ensemble.members[0].sample(20, 1))
    of_first = [any(np.array_equal(x, own) for own in first) for x in made]
    assert sum(of_first) == 20
    assert 0 < sum(of_first[:20]) < 20
