import dataclasses

import keras
import numpy as np
import pytest
from backbones import save_network
from tiny import TINY, TINY_GUESSES
from warned import no_warnings

import ssgan
from ssgan import SSGANClassifier
from ssgan.data.examples import Data
from ssgan.data.splits import LabelSplit
from ssgan.errors import InputError
from ssgan.estimator import embeddings
from ssgan.estimator.backbones import Backbone, load_backbone
from ssgan.estimator.embeddings import embed, embed_data
from ssgan.evaluation.fit_plan import plan_fit


@pytest.fixture(scope="module")
def backbone(tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / "net.keras"
    save_network(path)
    return load_backbone(path)


@pytest.fixture
def data(rng):
    x = rng.integers(0, 256, (50, 6, 6, 3)).astype("uint8")
    y = np.array(["cat", "dog", ""] * 10)
    return Data("pets", x[:30], y, x[30:], np.array(["dog", "cat"] * 10))


@pytest.fixture
def counted(monkeypatch):
    """The numbers of images that features are computed of."""
    sizes = []

    def compute(network, x, track):
        sizes.append(len(x))
        return embed(network, x, track)

    monkeypatch.setattr(embeddings, "embed", compute)
    return sizes


def test_features_are_computed_once(data, backbone, counted, tmp_path):
    path = tmp_path / "features.npz"
    first = embed_data(data, backbone, path)
    assert (first.computed, first.written, counted) == (True, True, [30, 20])
    again = embed_data(data, backbone, path)
    assert (again.computed, again.written, counted) == (False, False, [30, 20])
    loaded = ssgan.load(path)
    for rows in (again.data, loaded):
        for name in ("x_train", "y_train", "x_test", "y_test"):
            wanted = getattr(first.data, name)
            np.testing.assert_array_equal(getattr(rows, name), wanted)
    assert loaded.y_train.tolist() == data.y_train.tolist()
    assert loaded.x_train.shape == (30, 5)
    assert again.images is data
    # New labels need no new features; new images do, and so does a damaged file.
    labels = np.array(["cat", "dog", "dog"] * 10)
    data = Data("pets", data.x_train, labels, data.x_test, data.y_test)
    again = embed_data(data, backbone, path)
    assert (again.computed, again.written, counted) == (False, True, [30, 20])
    assert ssgan.load(path).y_train.tolist() == labels.tolist()
    without = Data("pets", data.x_train, labels)
    assert embed_data(without, backbone, path).computed
    assert ssgan.load(path).x_test is None
    path.write_bytes(path.read_bytes()[:100])
    assert embed_data(without, backbone, path).computed


def test_features_keep_the_names_of_their_images(data, backbone, counted, tmp_path):
    path = tmp_path / "features.npz"
    embed_data(data, backbone, path)
    files = tuple(f"cat/\udcff{i}.png" for i in range(50))
    named = dataclasses.replace(data, files_train=files[:30], files_test=files[30:])
    assert embed_data(named, backbone, path).written
    assert not embed_data(named, backbone, path).written
    assert counted == [30, 20]
    loaded = ssgan.load(path)
    assert (loaded.files_train, loaded.files_test) == (files[:30], files[30:])
    assert loaded.made_by == "net.keras"
    untested = dataclasses.replace(named, x_test=None, y_test=None, files_test=None)
    embed_data(untested, backbone, path)
    assert ssgan.load(path).files_train == files[:30]
    arrays = dict(np.load(path))
    parts = ("train", "test")
    np.savez(path, x=arrays["x"], files=arrays["files"])
    assert ssgan.load(path).files_train == files[:30]
    np.savez(path, x=arrays["x"], files=arrays["files"][1:])
    with pytest.raises(InputError, match="text as files in .*one for each row of x"):
        ssgan.load(path)
    both = {f"{name}_{part}": arrays[name] for name in "xy" for part in parts}
    np.savez(path, files_test=arrays["files"], **both)
    with pytest.raises(InputError, match="Expected files_train and files_test, or nei"):
        ssgan.load(path)
    np.savez(path, x=arrays["x"], files_train=arrays["files"])
    with pytest.raises(InputError, match="Expected the arrays"):
        ssgan.load(path)


def test_a_model_of_a_folder_is_named_by_it(tmp_path, monkeypatch):
    (tmp_path / "dig").mkdir()
    save_network(tmp_path / "dig" / "model.keras")
    monkeypatch.chdir(tmp_path / "dig")
    assert load_backbone(".").name == "dig/model.keras"


def test_another_network_is_another_file(data, backbone, counted, tmp_path):
    path = tmp_path / "features.npz"
    embed_data(data, backbone, path)
    network = keras.models.clone_model(backbone.network)
    network.set_weights([w + 1 for w in backbone.network.get_weights()])
    embed_data(data, Backbone("other", network), path)
    assert counted == [30, 20, 30, 20]


def test_images_of_features(data, backbone, tmp_path):
    embedded = embed_data(data, backbone, tmp_path / "features.npz")
    some = [3, 11, 7]
    images = embedded.images_of(embedded.data.x_train[some])
    np.testing.assert_array_equal(images, data.x_train[some])
    assert embedded.images_of(embedded.data.x_test) is data.x_test
    # What is held out has images, too, but is none of the training examples.
    part = np.isin(np.arange(30), some)
    rest = embedded.without(part)
    assert len(rest.data.x_train) == len(rest.images.x_train) == 27
    held = rest.images_of(embedded.data.x_train[some])
    np.testing.assert_array_equal(held, data.x_train[some])
    assert rest.images_of(rest.data.x_test) is data.x_test


def test_features_that_are_not_finite(data, tmp_path):
    x = keras.Input((6, 6, 3))
    network = keras.Model(x, keras.ops.log(-1 - keras.ops.mean(x, axis=(1, 2))))
    with pytest.raises(InputError, match="a model that computes finite numbers"):
        embed_data(data, Backbone("broken", network), tmp_path / "features.npz")
    assert not [*tmp_path.iterdir()]


def test_a_backbone_that_has_learned_from_the_labels(data, untrained, tmp_path):
    """A model of ssgan knows its labeled images, and of others nothing."""
    x, y, path = data.x_train, data.y_train, tmp_path / "model.keras"
    own = np.where(np.arange(30) < 8, y, -1)
    SSGANClassifier(TINY_GUESSES.supervised(), random_state=0).fit(x, own).save(path)
    knows, features = load_backbone(path), tmp_path / "features.npz"
    split = LabelSplit("all", np.flatnonzero(y != -1), 0, 20)
    no_test = Data("pets", x, y)
    said = "model.keras that made these features has learned from 6 of their labels"
    with pytest.warns(UserWarning, match=said):
        embedded = embed_data(no_test, knows, features)
    with pytest.warns(UserWarning, match=said):
        ssgan.load(features)
    plan = plan_fit(embedded.data, split, embedded=embedded)
    assert (plan.asks, plan.backbone_learned) == (False, 6)
    with pytest.raises(InputError, match="for --validation"):
        plan_fit(embedded.data, split, embedded=embedded, validation=0.9)
    # Of the labels that this fit takes, it knows none.
    others = LabelSplit("others", split.indices[6:], 0, 14)
    plan = plan_fit(embedded.data, others, embedded=embedded)
    assert (plan.asks, plan.backbone_learned) == (True, 0)
    # A test part that it knows tells as little.
    known = np.flatnonzero(own != -1)
    tested = Data("pets", x[8:], y[8:], x[known], y[known])
    with pytest.warns(UserWarning, match=said):
        embed_data(tested, knows, features)
    with no_warnings():
        embed_data(Data("pets", x, np.where(own == -1, y, -1)), knows, features)


def test_classifier_of_images(backbone, rng, tmp_path):
    gray = rng.integers(0, 256, (30, 6, 6)).astype("uint8")
    network = backbone.for_images(gray)
    rows = embed(network, gray)
    y = ["ash", "beech", "cedar"] * 3 + [-1] * 21
    fitted = SSGANClassifier(TINY.supervised(), random_state=0).fit(rows, y)
    fitted.with_backbone(network, gray[:9]).save(tmp_path / "model.keras")
    model = SSGANClassifier.load(tmp_path / "model.keras")
    with no_warnings():
        said = model.predict_proba(gray)
    np.testing.assert_allclose(said, fitted.predict_proba(rows), atol=1e-6)
    assert model.familiarity(gray) == pytest.approx(fitted.familiarity(rows))
    assert (model.example_shape_, model.dtype_) == ((6, 6), "uint8")
    assert (model.n_features_in_, model.columns_) == (6, None)
    assert np.flatnonzero(model.was_labeled(gray)).tolist() == [*range(9)]
    with pytest.warns(UserWarning, match="Expected pixels from 0 to 255"):
        model.predict(gray / 255)
    with pytest.raises(InputError, match=r"Received: one of shape \(2, 6, 4\)"):
        model.predict(gray[:2, :, :4])
    with pytest.raises(InputError, match="a model that generates images"):
        model.sample(3)
    with pytest.raises(InputError, match="without a backbone to continue from"):
        SSGANClassifier(random_state=0).fit(gray, y, continue_from=model)
    # The classifier of rows is what it was.
    assert fitted.n_features_in_ == 5
    assert fitted.was_labeled(rows)[:9].all()
    with pytest.raises(InputError, match=r"features of shape \(5,\).*\(6, 6\)"):
        model.with_backbone(network, gray)
