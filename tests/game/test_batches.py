import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from ssgan.errors import InputError
from ssgan.game import batches as batches_module
from ssgan.game.batches import batches


def numbers(n, start=0):
    """Examples of shape (1,) that tell their own place."""
    return np.arange(start, start + n, dtype="float32")[:, None]


def stream(n=10, size=4, **options):
    """Batches of n labeled examples with labels ten times their number."""
    x = numbers(n)
    options = {"labeled_size": size, "unlabeled_size": size, **options}
    return batches(x, 10 * np.arange(n), **options)


def take(dataset, steps, key=None):
    """The examples of the first batches, one after the other."""
    parts = [x if key is None else x[key] for x, _ in dataset.take(steps)]
    return np.concatenate(parts)[:, 0].astype(int).tolist()


def test_shapes_are_fixed():
    spec = stream(unlabeled=numbers(7), unlabeled_size=3, alternating=True).element_spec
    x, y = spec
    assert {key: value.shape for key, value in x.items()} == {
        "labeled": (4, 1),
        "unlabeled": (3, 1),
        "matched": (3, 1),
    }
    assert y.shape == (4,)
    assert stream(unlabeled=numbers(7)).element_spec[0].keys() == {
        "labeled",
        "unlabeled",
    }


def test_without_unlabeled_examples_batches_are_plain():
    x, y = stream().element_spec
    assert (x.shape, y.shape) == ((4, 1), (4,))


SIZES = [(1, 3), (2, 4), (10, 5), (10, 4), (10, 7), (10, 25), (97, 10)]


@pytest.mark.parametrize(("n", "size"), SIZES)
def test_each_pass_is_a_permutation(n, size):
    passes = 6
    order = take(stream(n, size), -(-passes * n // size))[: passes * n]
    order = np.reshape(order, (passes, n))
    np.testing.assert_array_equal(np.sort(order), np.tile(np.arange(n), (passes, 1)))


def test_only_a_stream_is_tuned():
    # To delete an iterator that is tuned can take seconds.
    source = tf.data.Dataset.from_tensor_slices(numbers(7))
    for made in (stream(), stream(unlabeled=numbers(7)), stream().take(2)):
        assert made.options().autotune.enabled is False
    assert stream(unlabeled=source).options().autotune.enabled is None


def test_passes_differ():
    order = np.reshape(take(stream(10, 10), 6), (6, 10))
    # 10! orders: two of six are the same with probability 4e-6.
    assert len(np.unique(order, axis=0)) == 6


def test_every_example_comes_first_as_often_as_any_other():
    order = np.reshape(take(stream(10, 10), 1000), (1000, 10))
    for place in (0, 9):
        counts = np.bincount(order[:, place], minlength=10)
        # Chi-squared with 9 degrees of freedom: above 33.7 in 1 of 10,000 seeds.
        assert np.sum((counts - 100) ** 2 / 100) < 33.7


def test_labels_travel_with_their_examples():
    for x, y in stream().take(7):
        np.testing.assert_array_equal(10 * x[:, 0], y)
    for x, y in stream(unlabeled=numbers(5, 100), alternating=True).take(7):
        np.testing.assert_array_equal(10 * x["labeled"][:, 0], y)
        assert np.all((x["unlabeled"] >= 100) & (x["matched"] >= 100))


def test_images_and_their_type_are_left_alone(rng):
    images = rng.integers(256, size=(6, 4, 3, 1), dtype=np.uint8)
    ((x, y),) = batches(images, np.arange(6), images[::-1], labeled_size=5).take(1)
    assert x["unlabeled"].dtype == np.uint8
    np.testing.assert_array_equal(x["labeled"], images[y])


@pytest.mark.parametrize("source", ["array", "data set"])
def test_start_goes_on_where_an_interrupted_stream_stopped(source):
    def unlabeled():
        x = numbers(9)
        return x if source == "array" else tf.data.Dataset.from_tensor_slices(x)

    whole = list(stream(unlabeled=unlabeled(), alternating=True, seed=3).take(8))
    rest = list(
        stream(unlabeled=unlabeled(), alternating=True, seed=3, start=5).take(3)
    )
    for (x, y), (x_rest, y_rest) in zip(whole[5:], rest, strict=True):
        np.testing.assert_array_equal(y, y_rest)
        for key, value in x.items():
            np.testing.assert_array_equal(value, x_rest[key])


def test_seed_is_the_order():
    assert take(stream(seed=1), 10) == take(stream(seed=1), 10)
    assert take(stream(seed=1), 10) != take(stream(seed=2), 10)


def test_the_streams_of_a_batch_are_independent():
    n = 50
    orders = [
        take(stream(n, 10, unlabeled=numbers(n), alternating=True), 100, key)
        for key in ("labeled", "unlabeled", "matched")
    ]
    for order in orders:
        assert sorted(order[:n]) == list(range(n))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        # 1000 pairs agree 20 times on average, with standard deviation 4.4.
        assert np.sum(np.equal(orders[one], orders[other])) < 20 + 6 * 4.5


def test_data_set_of_examples_streams():
    source = tf.data.Dataset.from_tensor_slices(numbers(30))
    dataset = stream(unlabeled=source, unlabeled_size=6, alternating=True)
    x, _ = dataset.element_spec
    assert x["unlabeled"].shape == x["matched"].shape == (6, 1)
    one, other = (take(dataset, 50, key) for key in ("unlabeled", "matched"))
    # 300 draws of 30 examples through a buffer of 120.
    assert set(one) == set(other) == set(range(30))
    assert one != other
    assert one[:30] != list(range(30))


LABELS = np.arange(5)
X = numbers(5)


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ((X[:0], LABELS[:0]), "0 examples and 0 labels"),
        ((X, LABELS[:3]), "5 examples and 3 labels"),
        ((X, LABELS, X[:0]), r"shape \(0, 1\)"),
        ((X, LABELS, np.ones((4, 2))), r"shape \(1,\).*shape \(4, 2\)"),
        ((X, LABELS, tf.data.Dataset.from_tensor_slices(np.ones((4, 2)))), r"\(2,\)"),
        ((X, LABELS, tf.data.Dataset.from_tensor_slices(X).batch(2)), r"\(None, 1\)"),
    ],
    ids=["none", "labels", "no unlabeled", "shape", "set's shape", "batched"],
)
def test_what_does_not_fit_is_refused(arguments, received):
    with pytest.raises(InputError, match=received):
        batches(*arguments)


def test_data_set_with_labels_is_refused():
    source = tf.data.Dataset.from_tensor_slices((X, LABELS))
    with pytest.raises(InputError, match="single unlabeled examples"):
        batches(X, LABELS, source)


def test_what_is_too_large_for_memory_is_read_from_where_it_is(monkeypatch, tmp_path):
    mapped = np.memmap(tmp_path / "x", "float32", "w+", shape=(30, 1))
    mapped[:] = numbers(30)
    options = {"unlabeled_size": 7, "alternating": True, "seed": 3, "start": 5}
    expected = list(stream(unlabeled=numbers(30), **options).take(6))
    monkeypatch.setattr(batches_module, "AS_TENSOR", 100)
    large = stream(unlabeled=mapped, **options)
    assert large.element_spec == stream(unlabeled=numbers(7), **options).element_spec
    for (x, y), (x_expected, y_expected) in zip(large.take(6), expected, strict=True):
        np.testing.assert_array_equal(y, y_expected)
        for key in x_expected:
            np.testing.assert_array_equal(x[key], x_expected[key])
    # A copy would not see this.
    mapped[:] = -1
    assert set(take(large, 1, "unlabeled")) == {-1}


@pytest.mark.slow
def test_a_process_that_holds_a_large_stream_ends():
    """A thread that prefetches from it must not hang the interpreter."""
    code = """
import numpy as np
from ssgan.game import batches as module
module.AS_TENSOR = 10
x = np.zeros((1000, 4), "float32")
stream = iter(module.batches(x[:9], np.zeros(9, int), x, alternating=True))
next(stream)
print("done", flush=True)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "done\n"
    assert done.returncode == 0
