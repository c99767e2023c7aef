import logging
import time

import numpy as np
import pytest
from mock_tfds import mock_tfds

from ssgan.data import storage
from ssgan.data.labels import is_labeled
from ssgan.data.sources import load
from ssgan.errors import InputError


@pytest.fixture
def tfds(tmp_path, monkeypatch):
    """Return TFDS, with an empty folder of its own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    return pytest.importorskip("tensorflow_datasets")


@pytest.fixture
def store(tfds, tmp_path):
    """Return a function that prepares a set made of the given splits."""

    def write(name, shape=(4, 4, 1), label=None, config=None, **splits):
        label = label or tfds.features.ClassLabel(names=["cat", "dog"])
        image = tfds.features.Image(shape=shape)
        tfds.dataset_builders.store_as_tfds_dataset(
            name=name,
            version="1.0.0",
            features=tfds.features.FeaturesDict({"image": image, "label": label}),
            split_datasets={
                split: [(i, {"image": x, "label": y}) for i, (x, y) in enumerate(pairs)]
                for split, pairs in splits.items()
            },
            config=config and tfds.core.BuilderConfig(name=config, version="1.0.0"),
            data_dir=tmp_path,
            disable_shuffling=True,
        )

    return write


def pairs(labels, shape=(4, 4, 1)):
    return [(np.full(shape, i, np.uint8), label) for i, label in enumerate(labels)]


def test_tfds_set_is_read_in_its_order(store):
    store("pets", train=pairs([0, 1, -1]), test=pairs([1, 0]), validation=pairs([1]))
    data = load("tfds:pets")
    assert (data.name, data.class_names) == ("pets", ("cat", "dog"))
    assert (data.x_train.shape, data.x_train.dtype) == ((3, 4, 4, 1), np.uint8)
    assert data.x_train[:, 0, 0, 0].tolist() == [0, 1, 2]
    assert data.y_train.tolist() == [0, 1, -1]
    assert data.y_test.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("splits", "expected"),
    [
        ({"validation": [1, 1, 0]}, [1, 1, 0]),
        ({"test": [-1, -1], "validation": [0, 1]}, [0, 1]),
    ],
    ids=["no test", "withheld labels"],
)
def test_validation_stands_in_for_test(store, splits, expected):
    held_out = {split: pairs(labels) for split, labels in splits.items()}
    store("pets", train=pairs([0, 1]), **held_out)
    assert load("tfds:pets").y_test.tolist() == expected


def test_fixed_fifth_of_the_labeled_stands_in_for_test(store):
    store("pets", train=pairs([0, 1] * 5 + [-1] * 3))
    with pytest.warns(UserWarning, match="pets has no test part: 2 of its 10 labeled"):
        data, again = load("tfds:pets"), load("tfds:pets")
    assert (len(data.y_train), len(data.y_test)) == (11, 2)
    shown = np.concatenate([data.x_train, data.x_test])[:, 0, 0, 0]
    assert sorted(shown) == list(range(13))
    assert is_labeled(data.y_test).all()
    np.testing.assert_array_equal(data.x_test, again.x_test)


def test_configuration_of_a_tfds_set_is_found_by_name(store):
    store("pets", config="gray", train=pairs([0, 1]), test=pairs([0]))
    assert load("tfds:pets/gray").name == "pets-gray"


def test_images_that_turn_out_to_have_one_size_are_read(store):
    free = (None, None, 3)
    same = pairs([0, 1], (5, 6, 3))
    store("pets", shape=free, train=same, test=same)
    assert load("tfds:pets").x_train.shape == (2, 5, 6, 3)


def test_images_of_different_sizes_are_refused(store):
    mixed = pairs([0], (4, 5, 3)) + pairs([1], (6, 5, 3))
    store("pets", shape=(None, None, 3), train=mixed)
    sizes = (
        r"images of one size in tfds:pets, or .* Received: \[\(4, 5, 3\), \(6, 5, 3\)\]"
    )
    with pytest.raises(InputError, match=sizes):
        load("tfds:pets")


def test_images_of_different_sizes_are_resized_when_asked(store):
    tall = [(np.full((8, 5, 3), 200, np.uint8), 0)]
    halves = np.zeros((12, 12, 3), np.uint8)
    halves[:, 6:] = 255
    store("pets", shape=(None, None, 3), train=[*tall, (halves, 1)], test=tall)
    data = load("tfds:pets", size=4)
    assert (data.x_train.shape, data.x_train.dtype) == ((2, 4, 4, 3), np.uint8)
    assert np.unique(data.x_train[0]).tolist() == [200]
    # Antialiased, and not turned: left is dark, right is bright.
    assert data.x_train[1, 0, 0, 0] < 10
    assert data.x_train[1, 3, 3, 0] > 245
    np.testing.assert_array_equal(data.x_train[1, 0], data.x_train[1, 3])
    # A model that was trained on this size gets it again.
    assert load("tfds:pets", shape=(4, 4, 3)).x_test.shape == (1, 4, 4, 3)


def test_tfds_set_without_train_is_refused(store):
    store("pets", test=pairs([0, 1]))
    with pytest.raises(InputError, match=r'"train" in tfds:pets. Received: \[\'test'):
        load("tfds:pets")


def test_tfds_set_without_classes_is_refused(store):
    store("pets", label=np.float32, train=pairs([0.5, 1.5]))
    with pytest.raises(InputError, match=r"\"label\" in tfds:pets. Received: features"):
        load("tfds:pets")


def test_damaged_tfds_set_is_refused(store, tmp_path):
    store("pets", train=pairs([0, 1]))
    (record,) = tmp_path.glob("pets/1.0.0/*tfrecord*")
    record.write_bytes(record.read_bytes()[:-5])
    with pytest.raises(InputError, match=r"tfds:pets.* Received: DataLossError"):
        load("tfds:pets")


@pytest.mark.parametrize("name", ["no_such_set", "", "mnist/no_such", "mnist:9.9.9"])
def test_unknown_tfds_name_is_refused(tfds, name):
    with pytest.raises(InputError, match=f"Expected tfds:{name} to be prepared in"):
        load(f"tfds:{name}")


def test_tfds_set_of_another_kind_is_refused_before_it_is_fetched(tfds):
    with pytest.raises(InputError, match="glue/cola. Received: features.*sentence"):
        load("tfds:glue/cola")


def test_set_that_cannot_be_fetched_gives_one_quiet_sentence(
    tfds, monkeypatch, capfd, caplog
):
    import requests
    from tensorflow_datasets.core.download import downloader

    def refuse(*args, **kwargs):
        logging.getLogger("urllib3").warning("Retrying")
        raise requests.ConnectionError(f"after {downloader.MAX_RETRIES} retries")

    monkeypatch.setattr(requests.Session, "get", refuse)
    with pytest.raises(
        InputError, match=r"Received: ConnectionError \(after 2 retries\)$"
    ):
        load("tfds:mnist")
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert logging.root.manager.disable == logging.NOTSET


def test_svhn_by_its_name(tfds, tmp_path):
    with mock_tfds("svhn_cropped", ("train", "test", "extra"), 3, tmp_path):
        data = load("tfds:svhn_cropped")
    assert (data.name, data.class_names) == ("svhn_cropped", tuple("0123456789"))
    assert (data.x_train.shape, data.x_train.dtype) == ((3, 32, 32, 3), np.uint8)
    assert data.x_test.shape == (3, 32, 32, 3)


@pytest.mark.parametrize(
    ("name", "size", "side"),
    [("imagenet_resized/64x64", None, 64), ("imagenet2012", 128, 128)],
)
def test_imagenet_by_its_names(name, size, side, tfds, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "IN_MEMORY", 1000)
    with mock_tfds(name, ("train", "validation"), 3, tmp_path):
        data = load(f"tfds:{name}", size=size)
    assert (data.name, len(data.class_names)) == (name.replace("/", "-"), 1000)
    for x in (data.x_train, data.x_test):
        assert (x.shape, x.dtype) == ((3, side, side, 3), np.uint8)
        assert isinstance(x, np.memmap)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "n_train", "shape", "labels"),
    [
        ("mnist", 60_000, (28, 28, 1), [4, 1, 0, 7, 8, 1, 2, 7, 1, 6]),
        pytest.param(
            *("cifar10", 50_000, (32, 32, 3), [2, 8, 2, 5, 7, 9, 2, 4, 6, 8]),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_real_images(name, n_train, shape, labels, need):
    need(name)
    start = time.perf_counter()
    data = load(f"tfds:{name}")
    assert time.perf_counter() - start < 60  # 4 to 8 s on two idle cores.
    assert data.x_train.shape == (n_train, *shape)
    assert data.x_test.shape == (10_000, *shape)
    assert data.x_train.dtype == data.x_test.dtype == np.uint8
    assert data.x_train.max() == 255
    assert data.y_train[:10].tolist() == labels
    assert len(data.class_names) == len(np.unique(data.y_test)) == 10
