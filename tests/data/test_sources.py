import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ssgan.data import sources
from ssgan.data.examples import Data, is_labeled
from ssgan.data.sources import catalog, load
from ssgan.errors import InputError


def images(n, size=4, dtype=np.uint8):
    return np.arange(n * size * size).reshape(n, size, size).astype(dtype)


ARRAYS = {
    "x_train": images(6),
    "y_train": np.array([0, 1, 2, -1, 0, 1]),
    "x_test": images(2),
    "y_test": np.array([2, 1]),
}


@pytest.fixture
def save_npz(tmp_path):
    def save(**arrays):
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return path

    return save


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


def test_imports_stay_light():
    heavy = "{'tensorflow', 'tensorflow_datasets', 'sklearn', 'keras', 'pyarrow'}"
    code = f"import sys, ssgan.data.splits; print({heavy} & set(sys.modules))"
    env = os.environ | {"PYTHONPATH": str(Path(sources.__file__).parents[2])}
    run = [sys.executable, "-c", code]
    assert subprocess.check_output(run, env=env, text=True).strip() == "set()"


def test_digits_are_divided_once_and_for_all():
    data, again = load("digits"), load("digits")
    assert data.name == "digits"
    assert data.class_names == tuple("0123456789")
    assert (data.x_train.shape, data.x_test.shape) == ((1297, 8, 8), (500, 8, 8))
    assert data.x_train.dtype == np.float32
    assert (data.x_train.min(), data.x_train.max()) == (0, 16)
    assert data.y_test[:10].tolist() == [4, 8, 8, 3, 9, 0, 6, 3, 9, 8]
    assert np.ptp(np.bincount(data.y_test)) <= 3
    np.testing.assert_array_equal(data.x_train, again.x_train)


def test_catalog_says_what_is_prepared(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    for folder in ("mnist/3.0.1", "cifar10/incomplete.X_3.0.2"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "dataset_info.json").touch()
    prepared = {entry.name: entry.prepared for entry in catalog()}
    assert prepared == {
        "digits": True,
        "tfds:mnist": True,
        "tfds:fashion_mnist": False,
        "tfds:cifar10": False,
        "tfds:svhn_cropped": False,
        "FOLDER": True,
        "PATH.csv": True,
        "PATH.parquet": True,
        "PATH.npz": True,
    }
    assert all(entry.description for entry in catalog())


def test_npz_of_train_and_test(save_npz):
    data = load(save_npz(**ARRAYS))
    assert (data.name, data.class_names) == ("own", None)
    for key, array in ARRAYS.items():
        np.testing.assert_array_equal(getattr(data, key), array)
    assert data.x_train.dtype == np.uint8
    assert is_labeled(data.y_train).tolist() == [True] * 3 + [False] + [True] * 2


@pytest.mark.parametrize(
    "x", [images(3), images(3)[..., None], np.eye(3, 5, dtype=np.float32)]
)
def test_npz_of_examples_alone(save_npz, x):
    data = load(str(save_npz(x=x, y=np.array([0, -1, 1]))))
    assert (data.x_train.shape, data.x_train.dtype) == (x.shape, x.dtype)
    assert data.x_test is None
    assert data.y_test is None


@pytest.mark.parametrize("none", ["", "-1"])
def test_strings_carry_an_integer_minus_one(save_npz, none):
    y = load(save_npz(x=images(3), y=np.array(["cat", none, "dog"]))).y_train
    assert y.dtype == object
    assert y.tolist() == ["cat", -1, "dog"]
    assert is_labeled(y).tolist() == [True, False, True]


def test_labels_in_a_column_are_made_flat(save_npz):
    y = load(save_npz(x=images(2), y=np.array([[3], [1]], dtype=np.uint8))).y_train
    assert (y.dtype, y.tolist()) == (np.int64, [3, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_train": np.zeros(5, int)}, r"6 examples in own, train.*shape \(5,\)"),
        ({"y_test": np.zeros(3, int)}, r"2 examples in own, test.*shape \(3,\)"),
        ({"y_train": np.eye(6, dtype=int)}, r"one label .* shape \(6, 6\)"),
        ({"x_test": images(2, size=5)}, r"alike. .*\(4, 4\).*\(5, 5\)"),
        ({"y_test": np.array(["a", "b"])}, "alike. .*int, but .* text"),
        ({"y_test": np.array([1, -1])}, "every test example. Received: 1 without"),
        ({"y_train": np.linspace(0, 1, 6)}, "whole numbers.*float64"),
        ({"y_train": np.full(6, -2)}, r"whole numbers.*begins \[-2, -2"),
        ({"x_train": images(6).astype(str)}, "numeric x in own, train.*<U"),
        ({"x_train": images(6).astype(complex)}, "numeric x .*complex"),
        ({"x_train": np.zeros(6)}, r"\(n, h, w\).*Received: x of shape \(6,\)"),
        ({"x_train": np.zeros((0, 4, 4))}, r"Received: x of shape \(0, 4, 4\)"),
        ({"x_train": images(6, dtype=float) * np.nan}, "finite x .*: 96 NaN"),
        ({"x_test": np.full((2, 4, 4), np.inf)}, "finite x in own, test.*: 32 NaN"),
        ({"x_unlabeled": images(3)}, "the arrays .*Received: .*x_unlabeled"),
        ({"y_train": np.array([None] * 6)}, "plain arrays. Received: ValueError"),
    ],
)
def test_npz_that_is_unfit_is_refused(save_npz, change, message):
    with pytest.raises(InputError, match=message):
        load(save_npz(**ARRAYS | change))


def test_npz_without_the_known_keys_is_refused(save_npz):
    with pytest.raises(InputError, match=r"Received: \['images', 'labels'\]"):
        load(save_npz(images=images(2), labels=np.arange(2)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-50]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("no archive"),
        lambda path: np.save(path.open("wb"), np.arange(3)),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["truncated", "empty", "text", "npy", "missing", "folder"],
)
def test_file_that_is_no_npz_is_refused(save_npz, spoil):
    path = save_npz(**ARRAYS)
    spoil(path)
    with pytest.raises(InputError, match=r"own.npz to be a readable .npz file"):
        load(path)


def test_npz_with_a_damaged_array_is_refused(save_npz):
    path = save_npz(**ARRAYS)
    content = bytearray(path.read_bytes())
    content[content.index(ARRAYS["x_train"].tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="Bad CRC-32"):
        load(path)


@pytest.mark.parametrize("source", ["mnist", "", "data.json", None])
def test_unknown_source_is_refused_with_the_known_ones(source):
    known = f'"digits", "tfds:NAME".*npz file. Received: source={str(source)!r}'
    with pytest.raises(InputError, match=known):
        load(source)


@pytest.mark.parametrize("half", [{"x_test": images(2)}, {"y_test": np.arange(2)}])
def test_half_a_test_set_is_refused(half):
    with pytest.raises(InputError, match="or neither"):
        Data("own", images(2), np.arange(2), **half)


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
    store("pets", config="grey", train=pairs([0, 1]), test=pairs([0]))
    assert load("tfds:pets/grey").name == "pets-grey"


def test_images_that_turn_out_to_have_one_size_are_read(store):
    free = (None, None, 3)
    same = pairs([0, 1], (5, 6, 3))
    store("pets", shape=free, train=same, test=same)
    assert load("tfds:pets").x_train.shape == (2, 5, 6, 3)


def test_images_of_different_sizes_are_refused(store):
    mixed = pairs([0], (4, 5, 3)) + pairs([1], (6, 5, 3))
    store("pets", shape=(None, None, 3), train=mixed)
    sizes = r"images of one size in tfds:pets. Received: \[\(4, 5, 3\), \(6, 5, 3\)\]"
    with pytest.raises(InputError, match=sizes):
        load("tfds:pets")


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
    builder = tfds.builder("svhn_cropped", data_dir=tmp_path)
    template = tfds.core.ShardedFileTemplate(
        data_dir=builder.data_dir,
        dataset_name="svhn_cropped",
        filetype_suffix="tfrecord",
    )
    builder.info.set_splits(
        tfds.core.SplitDict(
            tfds.core.SplitInfo(
                name=name, shard_lengths=[3], num_bytes=0, filename_template=template
            )
            for name in ("train", "test", "extra")
        )
    )
    Path(builder.data_dir).mkdir(parents=True)
    builder.info.write_to_directory(builder.data_dir)
    with tfds.testing.mock_data(num_examples=3, data_dir=str(tmp_path)):
        data = load("tfds:svhn_cropped")
    assert (data.name, data.class_names) == ("svhn_cropped", tuple("0123456789"))
    assert (data.x_train.shape, data.x_train.dtype) == ((3, 32, 32, 3), np.uint8)
    assert data.x_test.shape == (3, 32, 32, 3)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "n_train", "shape", "labels"),
    [
        ("mnist", 60_000, (28, 28, 1), [4, 1, 0, 7, 8, 1, 2, 7, 1, 6]),
        ("cifar10", 50_000, (32, 32, 3), [2, 8, 2, 5, 7, 9, 2, 4, 6, 8]),
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
