from pathlib import Path

import keras
import numpy as np
import pytest
from backbones import save_network
from keras import layers
from tiny import TINY

from ssgan import SSGANClassifier
from ssgan.errors import InputError
from ssgan.estimator.backbones import backbone_checksum, load_backbone
from ssgan.estimator.embeddings import embed
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.nn import Preprocessor


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network of images of 6 x 6 pixels in color, and its file."""
    path = tmp_path_factory.mktemp("net") / "net.keras"
    return save_network(path), path


@pytest.fixture(scope="module")
def backbone(network):
    return load_backbone(network[1])


def hidden(network, x):
    """What the last hidden layer makes of images that fit the network."""
    layer = network.get_layer("hidden").output
    return keras.Model(network.inputs[0], layer)(x, training=False).numpy()


def ours(*shape):
    """A discriminator without training."""
    hidden = layers.Dense(4, "tanh", name="features")
    return keras.Sequential(
        [layers.Input(shape), layers.Flatten(), hidden, layers.Dense(2)]
    )


def pixels(rng, *shape):
    return rng.integers(0, 256, shape).astype("uint8")


def test_features_are_those_of_the_last_hidden_layer(network, backbone, rng):
    x = pixels(rng, 20, 6, 6, 3)
    assert (backbone.name, backbone.image_shape) == ("net.keras", (6, 6, 3))
    frozen = backbone.for_images(x)
    features = embed(frozen, x)
    np.testing.assert_allclose(features, hidden(network[0], x), atol=1e-6)
    assert features.std() > 0.1
    assert frozen.trainable_variables == []
    np.testing.assert_array_equal(embed(frozen, x[3:4]), features[3:4])


def test_gray_images_are_repeated_and_resized(network, backbone, rng):
    x = pixels(rng, 3, 9, 12)
    frozen = backbone.for_images(x)
    color = np.repeat(x[..., None], 3, axis=-1).astype("float32")
    resized = keras.ops.image.resize(color, (6, 6))
    expected = hidden(network[0], resized)
    np.testing.assert_allclose(embed(frozen, x), expected, atol=1e-6)


def test_model_of_ssgan_gets_pixels_in_its_own_range(rng):
    x = rng.uniform(0, 16, (12, 6, 6)).astype("float32")
    x[0, 0, :2] = 0, 16
    preprocessor = Preprocessor.for_pixels(x, (-1, 1))
    model = AveragedClassifier(ours(6, 6, 1), preprocessor)
    model.save("model.keras")
    backbone = load_backbone("model.keras")
    assert backbone.value_range == pytest.approx((0, 16))
    features = model.features(x[..., None])
    for scale in (1, 1 / 16):
        frozen = backbone.for_images(scale * x)
        made = embed(frozen, (scale * x).astype("float32"))
        np.testing.assert_allclose(made, features, rtol=1e-4, atol=1e-5)
    # Bytes have a range of their own, which these hardly use.
    with pytest.warns(
        UserWarning, match="In X, none is above 16: they are taken to range"
    ):
        backbone.for_images(x.astype("uint8"))


@pytest.fixture(autouse=True)
def in_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def application(monkeypatch):
    """A small function in the place of one of `keras.applications`."""

    def tiny(weights, include_top, pooling, input_shape):
        assert (include_top, pooling) == (False, "avg")
        if weights == "imagenet":
            raise Exception("URL fetch failure on https://storage.googleapis.com")
        x = keras.Input(input_shape)
        conv = layers.Conv2D(4, 3, 2, activation="relu")
        return keras.Model(x, layers.GlobalAveragePooling2D()(conv(x)))

    # So its own preprocess_input is found: to -1 to 1.
    tiny.__module__ = "keras.src.applications.mobilenet_v2"
    monkeypatch.setattr(keras.applications, "MobileNetV2", tiny)
    network = tiny(None, False, "avg", (8, 8, 3))
    network.save_weights("tiny.weights.h5")
    return network


def test_application_preprocesses_its_images_itself(application, rng):
    x = pixels(rng, 4, 8, 8, 3)
    backbone = load_backbone("MobileNetV2", "tiny.weights.h5", 8)
    expected = application(x / 127.5 - 1).numpy()
    np.testing.assert_allclose(embed(backbone.for_images(x), x), expected, atol=1e-5)
    # Pixels of another range become those.
    x = x / 255
    x.flat[:2] = 0, 1
    expected = application(2 * x - 1).numpy()
    np.testing.assert_allclose(embed(backbone.for_images(x), x), expected, atol=1e-5)


def test_weights_that_cannot_be_had(application):
    with pytest.raises(InputError, match=r"--weights FILE.*URL fetch failure"):
        load_backbone("MobileNetV2")
    with pytest.raises(InputError, match=r"no such folder or file"):
        load_backbone("MobileNetV2", "none.h5")
    save_network("other.keras", (6, 6, 1))
    with pytest.raises(InputError, match=r"weights of MobileNetV2.*without the top"):
        load_backbone("MobileNetV2", "other.keras", 8)


def test_checksum_tells_networks_apart_and_no_names(network, backbone, rng):
    x = pixels(rng, 3, 6, 6, 3)
    again = load_backbone(network[1])
    first = backbone_checksum(backbone.for_images(x))
    assert backbone_checksum(again.for_images(x)) == first
    assert backbone_checksum(backbone.for_images(x[..., 0])) != first
    again.network.set_weights([w + 1 for w in again.network.get_weights()])
    assert backbone_checksum(again.for_images(x)) != first


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("mobilenetv2", "such as MobileNetV2.*did you mean 'MobileNetV2'"),
        ("net.h5", "Expected a Keras application.*net.h5"),
        ("damaged.keras", "damaged.keras to be a network that Keras loads"),
        ("code.keras", "without running code in it.*Lambda"),
        ("rows.keras", "images of shape .n, h, w, c.*rows.keras.*None, 4"),
        ("two.keras", "with one input and output.*2 outputs"),
        ("sequence.keras", "features of shape .n, d.*sequence"),
        ("ours.keras", "Expected a network of images.*ours.keras, one of rows"),
    ],
)
def test_no_network_of_images(model, message):
    x = keras.Input((6, 6, 3))
    made = {
        "code": lambda: layers.Lambda(lambda x: Path("ran").touch() or x)(x),
        "two": lambda: [layers.Flatten()(x), layers.Flatten()(x)],
        "sequence": lambda: layers.Reshape((36, 3))(x),
    }
    stem = model.partition(".")[0]
    if stem == "rows":
        keras.Sequential([layers.Input((4,)), layers.Dense(2)]).save(model)
    elif stem == "ours":
        AveragedClassifier(ours(4)).save(model)
    elif stem in made:
        keras.Model(x, made[stem]()).save(model)
        Path("ran").unlink(missing_ok=True)
    elif stem != "mobilenetv2":
        Path(model).write_text("nothing")
    with pytest.raises(InputError, match=message):
        load_backbone(model)
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 4), "Expected images for a backbone. Received: rows of 4 numbers"),
        ((3, 6, 6, 4), "images of 3 channels, as net.keras takes them.*6, 6, 4"),
    ],
)
def test_examples_that_it_cannot_take(shape, message, backbone):
    with pytest.raises(InputError, match=message):
        backbone.for_images(np.ones(shape, "uint8"))


def test_size_and_weights_of_a_file_are_its_own(network):
    assert load_backbone(network[1], size=6).image_shape == (6, 6, 3)
    with pytest.raises(InputError, match=r"Expected the size of .*net.keras.*size=8"):
        load_backbone(network[1], size=8)
    with pytest.raises(InputError, match=r"application for --weights.*net.keras"):
        load_backbone(network[1], weights=network[1])


def test_open_size_is_given_or_that_of_the_images(rng):
    x = keras.Input((None, None, 3))
    keras.Model(x, layers.Conv2D(4, 3)(x)).save("open.keras")
    x = pixels(rng, 3, 10, 10, 3)
    backbone = load_backbone("open.keras")
    assert embed(backbone.for_images(x), x).shape == (3, 4)
    assert backbone.image_shape == (None, None, 3)
    assert load_backbone("open.keras", size=6).image_shape == (6, 6, 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50", "EfficientNetV2B0"])
def test_real_application(name, rng):
    network = getattr(keras.applications, name)(
        weights=None, include_top=False, pooling="avg", input_shape=(32, 32, 3)
    )
    network.save_weights("own.weights.h5")
    x = pixels(rng, 12, 8, 8)
    backbone = load_backbone(name, "own.weights.h5", 32)
    frozen = backbone.for_images(x)
    features, y = embed(frozen, x), np.arange(12) % 2
    model = SSGANClassifier(TINY, steps=2, random_state=0).fit(features, y)
    model = model.with_backbone(frozen, x)
    expected = model.predict_proba(x)
    model.save("model.keras")
    loaded = SSGANClassifier.load("model.keras").predict_proba(x)
    np.testing.assert_allclose(loaded, expected, atol=1e-6)
    from ssgan.export import export

    assert export(model, "plain.keras", "keras") < 1e-4
