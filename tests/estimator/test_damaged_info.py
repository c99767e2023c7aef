"""A model whose info was damaged is refused with one sentence, when it is loaded."""

import numpy as np
import pytest
from stand_in import without_training
from tiny import TINY

from ssgan import InputError, SSGANClassifier

DAMAGE = {
    "classes": [[0], [0, 1, 2], [[0, 1], [2, 3]], 3, None, ["a", 0], [1, 1]],
    "classes_dtype": ["no type", 7, "<U0:"],
    "recipe": [{}, [], None, {"name": 3}],
    "n_members": [2, 0, "two", None],
    "image_shape": [[4, 4], 7, "ab"],
    "n_features_in": [3, "four", None, []],
    "feature_names": [["a"], 3, [[]]],
    "example_shape": [[3], [2, 2], [], 4, None, ["a"]],
    "dtype": ["float128", 3, None, []],
    "temperature": [0, -1.0, float("inf"), "warm", []],
}
NEEDED = [key for key in DAMAGE if key != "temperature"]
CASES = [
    pytest.param(key, value, marks=() if i < 3 else pytest.mark.slow)
    for key, values in DAMAGE.items()
    for i, value in enumerate(values)
]


@pytest.fixture(scope="module")
def fitted():
    x = np.random.default_rng(0).normal(size=(40, 4))
    y = np.where(np.arange(40) < 20, np.arange(40) % 2, -1)
    with without_training():
        return SSGANClassifier(TINY, random_state=0).fit(x, y)


@pytest.fixture(scope="module")
def path(fitted, tmp_path_factory):
    return tmp_path_factory.mktemp("model") / "model.keras"


@pytest.mark.parametrize(("key", "value"), [*CASES, *((key, ...) for key in NEEDED)])
def test_damage_is_one_sentence(key, value, fitted, path, monkeypatch):
    info = dict(fitted.model_.info)
    if value is ...:
        del info[key]
    else:
        info[key] = value
    monkeypatch.setattr(fitted.model_, "info", info)
    fitted.save(path)
    with pytest.raises(InputError, match="^Expected .*Received: [^\n]*$"):
        SSGANClassifier.load(path)


@pytest.mark.parametrize("info", [[], "text", 3, None])
def test_info_that_is_none(info, fitted, path, monkeypatch):
    monkeypatch.setattr(fitted.model_, "info", info)
    fitted.save(path)
    with pytest.raises(InputError):
        SSGANClassifier.load(path)
