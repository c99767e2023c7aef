import numpy as np
import pytest

from ssgan.data import storage


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("piece", [1, 40, 2**26])
def test_take(rng, monkeypatch, large, piece):
    """By mask or by places, in pieces of any size, in a file or not."""
    monkeypatch.setattr(storage, "IN_MEMORY", 10 if large else 2**30)
    monkeypatch.setattr(storage, "PIECE", piece)
    x = rng.normal(size=(9, 2, 3)).astype("float32")
    places = np.array([7, 0, 7, 3])
    for where in (places, x[:, 0, 0] > 0, np.ones(9, bool)):
        taken = storage.take(x, where)
        assert isinstance(taken, np.memmap) == large
        assert taken.dtype == x.dtype
        np.testing.assert_array_equal(taken, x[where])
    taken[:] = 0
    assert x.all(), "not a view"


def test_nothing_is_taken(rng):
    assert storage.take(rng.normal(size=(3, 2)), np.zeros(3, bool)).shape == (0, 2)


@pytest.mark.parametrize("large", [False, True])
def test_join(rng, monkeypatch, large):
    monkeypatch.setattr(storage, "IN_MEMORY", 10 if large else 2**30)
    bytes_, numbers = rng.integers(256, size=(3, 2), dtype="uint8"), np.ones((4, 2))
    joined = storage.join(bytes_, numbers)
    assert isinstance(joined, np.memmap) == large
    assert joined.dtype == "float64"
    np.testing.assert_array_equal(joined, [*bytes_, *numbers])
