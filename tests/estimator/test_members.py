"""Members of an ensemble are trained, and continue from their own checkpoints alone."""

import keras
import numpy as np
import pytest
from tiny import TINY, TINY_GAME

from ssgan import InputError, SSGANClassifier
from ssgan.estimator import members
from ssgan.nn import WeightNormalization
from ssgan.support.locks import locked


def test_ensemble_averages_its_members(blobs, tmp_path):
    x, y, _ = blobs
    ensemble = SSGANClassifier(TINY_GAME, n_members=2, random_state=0).fit(x, y)
    members = [np.asarray(m(x), "float64") for m in ensemble.model_.members]
    p = [np.exp(m) / np.exp(m).sum(axis=1, keepdims=True) for m in members]
    assert abs(p[0] - p[1]).max() > 1e-3
    np.testing.assert_allclose(ensemble.predict_proba(x), sum(p) / 2, atol=1e-5)
    assert ensemble.sample(5).shape == (5, 4)
    ensemble.save(tmp_path / "two.keras")
    again = SSGANClassifier.load(tmp_path / "two.keras")
    np.testing.assert_array_equal(again.predict(x), ensemble.predict(x))


def test_what_a_killed_training_wrote_halfway_is_removed(
    blobs, dead, tmp_path, untrained
):
    draft = tmp_path / f".ssgan-{dead}-abc"
    draft.mkdir()
    (draft / "member-0.keras").write_text("half")
    SSGANClassifier(TINY, random_state=0).fit(*blobs[:2], checkpoints=tmp_path)
    assert not draft.exists()


def test_a_folder_of_checkpoints_is_for_one_training_at_a_time(blobs, tmp_path):
    with (
        locked(tmp_path),
        pytest.raises(InputError, match=f"nothing else at work in {tmp_path}.*of this"),
    ):
        SSGANClassifier(TINY, random_state=0).fit(*blobs[:2], checkpoints=tmp_path)


def test_no_name_of_a_folder_is_refused(blobs):
    with pytest.raises(InputError, match="a folder for checkpoints or None.*''"):
        SSGANClassifier(TINY).fit(*blobs[:2], checkpoints="")


@pytest.mark.parametrize("length", [{"steps": 4}, {"minutes": 1}])
def test_a_strategy_without_sense_is_refused_with_checkpoints(blobs, tmp_path, length):
    classifier = SSGANClassifier(TINY, strategy="mirrored", **length)
    with pytest.raises(InputError, match=r"a tf\.distribute\.Strategy or None"):
        classifier.fit(*blobs[:2], checkpoints=tmp_path)


def test_precision_is_that_of_the_caller(blobs, tmp_path, set_policy, monkeypatch):
    """In another process, and where it continues."""
    x, y, _ = blobs
    small = SSGANClassifier(TINY.supervised(), steps=1, random_state=0)

    def run_all_elsewhere(function, tasks, n_jobs):
        keras.config.set_dtype_policy("float32")  # A new process has the default.
        yield from enumerate(function(*task) for task in tasks)

    monkeypatch.setattr(members, "run_all", run_all_elsewhere)
    set_policy("mixed_bfloat16")
    small.fit(x, y, checkpoints=tmp_path)
    layers = small.model_.discriminator.layers
    assert "bfloat16" in {layer.compute_dtype for layer in layers}
    assert keras.config.dtype_policy().name == "float32"
    with pytest.raises(InputError, match="one with another precision$"):
        small.fit(x, y, checkpoints=tmp_path)


def test_checkpoint_with_other_networks_is_refused(blobs, tmp_path):
    x, y, _ = blobs

    def own(units):
        def discriminator(shape, n_classes):
            inner = keras.layers.Dense(units)
            return keras.Sequential(
                [
                    keras.Input(shape),
                    WeightNormalization(inner),
                    keras.layers.Dense(n_classes),
                ]
            )

        recipe = TINY.supervised()
        return SSGANClassifier(
            recipe, steps=1, random_state=0, discriminator=discriminator
        )

    own(4).fit(x, y, checkpoints=tmp_path)
    own(4).fit(x, y, checkpoints=tmp_path)  # Its layers have other names.
    for other in (own(5), SSGANClassifier(TINY.supervised(), steps=1, random_state=0)):
        with pytest.raises(InputError, match="one with another network$"):
            other.fit(x, y, checkpoints=tmp_path)
