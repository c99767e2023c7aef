"""What makes no sense is refused; pixels scaled differently than at fit are doubted."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from tiny import TINY, TINY_GAME
from warned import no_warnings

from ssgan import InputError, SSGANClassifier
from ssgan.estimator.scales import warn_if_rescaled, warn_of_other_scale
from ssgan.estimator.validation import encode, network_shape
from ssgan.nn.networks.shapes import check_logits

X = np.random.default_rng(0).uniform(size=(40, 6, 6))
X.flat[:2] = 0, 1


def ends_in(layer):
    """Return a function that makes a discriminator with this last layer."""
    return lambda shape, k: keras.Sequential(
        [keras.Input(shape), keras.layers.Dense(k), layer]
    )


def operation(shape, k):
    inputs = keras.Input(shape)
    return keras.Model(inputs, keras.ops.softmax(keras.layers.Dense(k)(inputs)))


def twice(generator_shape, shape):
    layers = [keras.layers.Dense(*shape), keras.layers.Lambda(lambda x: 2 * x)]
    return keras.Sequential([keras.Input((generator_shape,)), *layers])


class Unregistered(keras.layers.ReLU):
    pass


SOFTMAX = ends_in(keras.layers.Softmax())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", [(8, 8, 1), (16, 16, 3)])
def test_logits_of_one_sign_are_logits(seed, shape):
    """As those after a mean over all places, which is much alike for all images."""
    keras.utils.set_random_seed(seed)
    convolutions = [keras.layers.Conv2D(8, 3, activation="relu") for _ in range(3)]
    last = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)]
    check_logits(keras.Sequential([keras.Input(shape), *convolutions, *last]), shape)


@pytest.fixture
def classifier(request, untrained):
    y = np.where(np.arange(40) < 20, np.arange(40) % 2, -1)
    tiny = dataclasses.replace(TINY.supervised(), value_range=(0.0, 1.0), steps=1)
    return SSGANClassifier(tiny, random_state=0).fit(request.param * X, y)


@pytest.mark.parametrize(
    ("classifier", "fitted_to", "given", "warned"),
    [
        (16, 16, 16, False),
        (16, 16, 15, False),
        (16, 16, 255, True),
        (255, 255, 1, True),
        (1, 1, 255, True),
    ],
    indirect=["classifier"],
)
def test_pixels_scaled_otherwise_are_doubted(classifier, fitted_to, given, warned):
    said = f"from 0 to {fitted_to}, as in X at fit. Received: 0 to {given}. "
    with pytest.warns(UserWarning, match=said) if warned else no_warnings():
        classifier.predict_proba(given * X)


@pytest.mark.parametrize("classifier", [255], indirect=True)
def test_bytes_on_another_scale_are_doubted(classifier):
    classifier.dtype_ = "uint8"

    def predict(scale, n=40):
        classifier.predict_proba((scale * X[:n]).round().astype("uint8"))

    with no_warnings():
        predict(255)
        predict(200)
        predict(0, n=9)  # Some pictures may be black.
    with pytest.warns(UserWarning, match="0 to 255, as in X at fit. Received: 0 to 16"):
        predict(16)
    classifier.model_.info["greatest"] = 16.0
    with no_warnings():
        predict(16)
    with pytest.warns(UserWarning, match="0 to 16, as in X at fit. Received: 0 to 255"):
        predict(255)
    classifier.model_.info["greatest"] = 1.0
    with no_warnings():
        predict(1)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("given", [255, 1])
def test_unlabeled_pixels_scaled_otherwise_are_doubted(stream, given):
    x, more = (255 * X[:4, ..., None]).astype("uint8"), given * X[..., None]
    more = tf.data.Dataset.from_tensor_slices(more) if stream else more
    said = "from 0 to 255, as in X at fit. Received: 0 to 1. "
    with pytest.warns(UserWarning, match=said) if given == 1 else no_warnings():
        warn_of_other_scale(x, more)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("moved", [0, 2, 100])
def test_unlabeled_rows_far_away_are_doubted(stream, moved):
    x = np.c_[X[:, 0], np.ones(40)]  # One of its columns is the same everywhere.
    far = x + np.array([*[moved] * 6, 0])
    far[0] = 1e9  # Which a column may have for once.
    far = tf.data.Dataset.from_tensor_slices(far) if stream else far
    said = r"In 6 of 7 columns, .* more than 10 standard .* transform_input=\["
    with pytest.warns(UserWarning, match=said) if moved == 100 else no_warnings():
        warn_of_other_scale(x, far)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"discriminator": "mlp"}, "a function that returns a Keras model.*'mlp'"),
        ({"discriminator": SOFTMAX}, "ends in logits.*a softmax"),
        (
            {"discriminator": ends_in(keras.layers.Lambda(keras.activations.softmax))},
            "ends in logits",
        ),
        ({"discriminator": ends_in(keras.layers.Activation("sigmoid"))}, "in logits"),
        ({"discriminator": operation}, "ends in logits"),
        (
            {"discriminator": ends_in(Unregistered())},
            "register_keras_serializable.* in a module that is .*'Unregistered'",
        ),
        (
            {"discriminator": ends_in(keras.layers.Activation(tf.nn.softmax))},
            "a discriminator that can be loaded again",
        ),
        (
            {"recipe": TINY_GAME, "generator": twice},
            "a generator that can be loaded again.*Lambda",
        ),
        ({"discriminator": SOFTMAX((36,), 2)}, "a function that returns.*Sequential"),
        ({"strategy": "mirrored"}, "a tf.distribute.Strategy or None.*'mirrored'"),
        ({"class_weight": {0: 1, 1: np.nan}}, "of 0 or more.*nan"),
        ({"class_weight": {0: 1, 1: -1}}, "of 0 or more"),
        ({"class_weight": {0: 0, 1: 0}}, "not all 0"),
        (
            {"class_weight": {0: 1, 1: 1, "1": 5}},
            "weights of 0, 1. R.*one of '1'",
        ),
        ({"class_weight": "some"}, "a dict of class weights, 'balanced' or None"),
        ({"random_state": 2**32}, "a whole number from 0 to 4294967295"),
        ({"image_shape": "ab"}, r"such as \(28, 28\). Received: image_shape='ab'"),
        ({"image_shape": 3}, "sizes of an image.*image_shape=3"),
        ({"image_shape": (-6, -6)}, "sizes of an image"),
        ({"image_shape": np.array([6, 6])}, "sizes of an image.*array"),
        ({"random_state": "a"}, "a whole number from 0 to 4294967295"),
        ({"recipe": {}}, "one of the recipes .*. Received: {}"),
    ],
)
def test_options_without_sense_are_refused(options, said):
    y = np.where(np.arange(40) < 20, np.arange(40) % 2, -1)
    with pytest.raises(InputError, match=said):
        SSGANClassifier(**{"recipe": TINY, **options}).fit(X.reshape(40, -1), y)


@pytest.mark.parametrize("x", [X.ravel()[:999], X.reshape(40, -1) + 1j])
def test_a_message_does_not_show_the_whole_array(x):
    with pytest.raises(InputError, match=r"\[\.\.\.\]") as error:
        SSGANClassifier(TINY).fit(x, np.arange(len(x)) % 2)
    assert len(str(error.value)) < 400


def test_symbolic_tensors_are_told_in_a_sentence(blobs, fitted):
    with pytest.raises(InputError, match="Expected finite numbers.* symbolic"):
        tf.function(fitted.predict, autograph=False)(tf.constant(blobs[0]))


@pytest.mark.parametrize("weight", ["a", 0, np.nan])
def test_weights_without_sense_are_refused(blobs, fitted, weight):
    x, _, names = blobs
    with pytest.raises(InputError, match="weights that are numbers, not all 0"):
        fitted.score(x, names, [weight] * len(x))


def test_more_examples_than_fit_into_memory_are_refused(monkeypatch):
    classifier = SSGANClassifier()
    some = np.zeros((1000, 2), "float32")
    monkeypatch.setattr(classifier, "sample_batches", lambda *_, **__: iter([some]))
    with pytest.raises(InputError, match="fewer examples than n=1000000000000"):
        classifier.sample(10**12)
    np.testing.assert_array_equal(classifier.sample(1000), some)


@pytest.mark.parametrize(
    ("labels", "received"),
    [
        ([], "no labeled example"),
        ([7, 7], "one class, 7; -1 means unlabeled"),
        (["cat", "cat"], "one class, cat$"),
    ],
)
def test_one_class_is_refused(labels, received):
    with pytest.raises(InputError, match=f"two classes or more. Received: {received}"):
        encode(np.array(labels))


def test_floats_are_compared_with_the_range_of_floats():
    with no_warnings():
        warn_of_other_scale(X[..., None], X[:3, ..., None])


def test_digits_from_0_to_1_are_no_digits_from_0_to_16():
    with pytest.warns(UserWarning, match="from 0 to 16, as in X .*: 0 to 1"):
        warn_if_rescaled(np.linspace(0, 1, 16), (0, 16))
    with no_warnings():
        warn_if_rescaled(np.linspace(0, 12, 16), (0, 16))


@pytest.mark.parametrize("most", [1, 16, 64])
def test_range_of_bytes_that_are_almost_black_is_told(most):
    x = np.round(most * X.reshape(40, -1)).astype("uint8")
    classifier = SSGANClassifier("no such recipe", image_shape=(6, 6))

    def fit(x):
        with pytest.raises(InputError, match="no such recipe"):
            classifier.fit(x, np.arange(40) % 2)

    with no_warnings():
        fit(x.astype("float32"))
    said = f"In X, none is above {most}: they are taken to range from 0 to {most}."
    with pytest.warns(UserWarning, match=said) if most < 64 else no_warnings() as told:
        fit(x)
    assert not told or told[0].filename == __file__


IMAGES = np.zeros((40, 3, 8, 9)) + np.arange(40).reshape(-1, 1, 1, 1)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (IMAGES, r"channels come first, .*: X\.transpose\(0, 2, 3, 1\)"),
        (np.moveaxis(IMAGES, 1, -1), None),
        (X[:, 0, :2] + [0, 1e9], "Columns of X whose values .*: column 1. Subtract"),
    ],
    ids=["channels first", "channels last", "coarse"],
)
def test_warnings_about_x_name_the_line_that_fits(x, said):
    told = pytest.warns(UserWarning, match=said) if said else no_warnings()
    with told as told, pytest.raises(InputError):
        SSGANClassifier("no such recipe").fit(x, np.arange(40) % 2)
    assert not said or told[0].filename == __file__


@pytest.mark.parametrize(
    ("shape", "gpus", "told"),
    [
        ((200, 100, 3), [], True),
        ((200, 100), [], True),
        ((200, 100), ["a GPU"], False),
        ((64, 64, 3), [], False),
        ((20_000,), [], False),
    ],
)
def test_images_too_large_for_a_processor_are_told(shape, gpus, told, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    x = np.zeros((4, *shape), "float32") + np.arange(4).reshape(4, *[1] * len(shape))
    said = "images of 200 x 100 pixels .*to 32 x 32 .*with_backbone"
    with (
        pytest.warns(UserWarning, match=said) if told else no_warnings(),
        pytest.raises(InputError, match="no such recipe"),
    ):
        SSGANClassifier("no such recipe").fit(x, [0, 1, 0, 1])


def test_gray_images_get_a_channel_and_rows_none():
    shapes = [network_shape(shape) for shape in ((6,), (6, 5), (6, 5, 3))]
    assert shapes == [(6,), (6, 5, 1), (6, 5, 3)]
    for given in ((6, 5), (6, 5, 1)):
        assert network_shape((6, 5), given) == network_shape((6, 5, 1), given)


@pytest.mark.parametrize("given", [(5, 6), (30,), (6, 5, 1, 1), (3, 5, 2)])
def test_images_have_the_shape_that_they_have(given):
    for shape in ((6, 5), (6, 5, 1)):
        with pytest.raises(InputError, match=r"no image_shape for images, or \(6, 5"):
            network_shape(shape, given)
