"""Frozen networks that turn images into features."""

import dataclasses
import sys
import warnings
from typing import Any

import keras
import numpy as np
from keras import layers

from ssgan.errors import as_input_error, expect, expect_whole
from ssgan.estimator.layers import layers_of
from ssgan.estimator.saved_form import was_labeled
from ssgan.estimator.scales import warn_if_dark
from ssgan.game.averaged_classifier import Predictor
from ssgan.nn import Preprocessor
from ssgan.support.model_files import find_model
from ssgan.support.near_names import expect_exists
from ssgan.support.provenance import checksum
from ssgan.support.run_folder import MODEL

# Height and width of the images that applications were trained on, where it is not 224.
SIDE = 224
SIDES = {
    **{name: 299 for name in ("InceptionResNetV2", "InceptionV3", "Xception")},
    **{f"EfficientNetB{i}": s for i, s in enumerate((240, 260, 300, 380, 456), 1)},
    **{"EfficientNetB6": 528, "EfficientNetB7": 600},
    **{f"EfficientNetV2B{i}": s for i, s in enumerate((240, 260, 300), 1)},
    **{"EfficientNetV2S": 384, "EfficientNetV2M": 480, "EfficientNetV2L": 480},
    "NASNetLarge": 331,
}
PIXELS = 0.0, 255.0
KNOWN = (
    "a Keras application, such as MobileNetV2; a .keras file; or a folder that ssgan "
    "fit wrote"
)


@dataclasses.dataclass(frozen=True, eq=False)
class Backbone:
    """A network of images whose features are of use for other images.

    Parameters
    ----------
    name : str
    network : keras.Model
        From images of shape (n, h, w, c), which may leave h and w open, to features of
        shape (n, d).
    value_range : pair of float or None, default=None
        Range of the pixels that the network takes. None takes them as they are.
    info : dict or None, default=None
        What a model that ssgan wrote knows about itself.
    """

    name: str
    network: Any
    value_range: tuple | None = None
    info: dict | None = None

    @property
    def image_shape(self):
        """Shape of the images that the network takes, (h, w, c); None is any size."""
        return self.network.input_shape[1:]

    def was_labeled(self, images):
        """Return of which images the network has learned a label, of shape (n,)."""
        if not (self.info or {}).get("labeled"):
            return np.zeros(len(images), bool)
        return was_labeled(self.info, images)

    def for_images(self, images):
        """Return the network, frozen, with all that raw images need before it.

        They are rescaled, gray ones are repeated in three channels if the network takes
        three, and they are resized bilinearly, without keeping their aspect ratio.

        Parameters
        ----------
        images : ndarray of shape (n, h, w) or (n, h, w, c)
            Training images. For their range see `ssgan.nn.preprocessor.pixel_range`.

        Returns
        -------
        keras.Model
            From images of shape (n, h, w, c), float32, to features of shape (n, d).

        Raises
        ------
        InputError
            If there are rows instead of images, or images with other channels.
        """
        shape = images.shape[1:]
        expect(images.ndim > 2, "images for a backbone", f"rows of {shape[0]} numbers")
        shape = (*shape, 1) if len(shape) == 2 else shape
        *size, channels = self.image_shape
        fits = shape[-1] == channels or (shape[-1] == 1 and channels == 3)
        takes = "1 channel" if channels == 1 else f"{channels} channels"
        expected = f"images of {takes}, as {self.name} takes them"
        expect(fits, expected, f"images of shape {images.shape[1:]}")
        if self.value_range is not None:
            warn_if_dark(images)
        value_range = self.value_range or (float(images.min()), float(images.max()))
        if self.value_range is None and images.dtype == np.uint8:
            value_range = PIXELS
        x = inputs = keras.Input(shape, dtype="float32")
        x = Preprocessor.for_pixels(images, value_range)(x)
        if shape[-1] < channels:
            x = layers.Concatenate(dtype="float32")([x] * channels)
        if None not in size and tuple(size) != shape[:2]:
            x = layers.Resizing(*size, dtype="float32")(x)
        with as_input_error(f"images of a size that {self.name} takes"):
            network = keras.Model(inputs, self.network(x, training=False))
        network.trainable = False
        return network


def load_backbone(model, weights=None, size=None):
    """Return the backbone of a name, file or folder.

    - The name of a function in `keras.applications`, such as "MobileNetV2". It goes
      without its top layers, and begins with its own ``preprocess_input``. Features are
      the mean of the last layer over all places.
    - A ``.keras`` file, or a folder with ``model.keras``, that `ssgan fit` wrote from
      images. Features are those of the last hidden layer.
    - Any other ``.keras`` file of a network with one input, images of shape (n, h, w,
      c), and one output. It gets pixels as they are. Features are its output, or the
      mean over all places if that has shape (n, h, w, d). If it ends in probabilities
      (softmax or sigmoid), they are the input of the last dense layer.

    No code in a file is run: Keras's safe mode refuses it.

    Parameters
    ----------
    model : str or path
    weights : path or None, default=None
        Of an application: file of its weights without the top layers. By default, Keras
        downloads those for ImageNet, and keeps them.
    size : int or None, default=None
        Height and width that images are resized to. By default, those that the network
        was made for.

    Returns
    -------
    Backbone

    Raises
    ------
    InputError
        If there is no such network, or its weights are not available.
    """
    name = str(model)
    if size is not None:
        expect_whole("size", size, 1)
    if name in applications():
        return _application(name, weights, size)
    expect_exists(model, KNOWN, applications())
    path = find_model(model, KNOWN)
    of_application = "the name of a Keras application for --weights"
    expect(weights is None, of_application, f"{path} and --weights {weights}")
    with as_input_error(
        f"{path} to be a network that Keras loads without running code in it"
    ):
        model = keras.saving.load_model(path, compile=False)
    if isinstance(model, Predictor):
        backbone = _of_ours(model, path)
    else:
        backbone = Backbone(path.name, _of_network(model, path))
    if path.name == MODEL:
        # Each model that ssgan fit wrote has this name, in a folder of its own.
        folder = path.resolve().parent.name
        backbone = dataclasses.replace(backbone, name=f"{folder}/{MODEL}")
    given = backbone.image_shape[:2]
    if size is None or (size, size) == given:
        return backbone
    expect(None in given, f"the size of {path}, which is {given}", f"size={size}")
    x = keras.Input((size, size, backbone.image_shape[2]))
    with as_input_error(f"a size of images that {path} takes"):
        resized = keras.Model(x, backbone.network(x))
        return dataclasses.replace(backbone, network=resized)


def applications():
    """Return the names of all applications of Keras, a list of str."""
    found = vars(keras.applications).items()
    return [name for name, value in found if callable(value) and name[0].isupper()]


def backbone_checksum(network):
    """Return a checksum of all that decides the features: weights, layers, images.

    Parameters
    ----------
    network : keras.Model
        From `Backbone.for_images`.
    """
    return checksum(*network.get_weights(), layers_of(network))


def _application(name, weights, size):
    function = getattr(keras.applications, name)
    side = size or SIDES.get(name, SIDE)
    shape = side, side, 3
    if weights is not None:
        expect_exists(weights, f"a file of weights of {name}")
    with as_input_error(
        f"weights of {name} from the internet, or from a file without the top layers "
        f"(--weights FILE), for images of {side} x {side} pixels"
    ):
        network = function(
            weights="imagenet" if weights is None else None,
            include_top=False,
            pooling="avg",
            input_shape=shape,
        )
        if weights is not None:
            with warnings.catch_warnings():
                # Keras may warn of layers that stay without the weights in the file.
                warnings.simplefilter("error", UserWarning)
                network.load_weights(weights)
    x = keras.Input(shape)
    preprocess = sys.modules[function.__module__].preprocess_input
    return Backbone(name, keras.Model(x, network(preprocess(x))), PIXELS)


def _of_ours(model, path):
    """Return the backbone that a model of ssgan is."""
    shape = model.example_shape
    expect(len(shape) == 3, "a network of images", f"{path}, one of rows")
    x = keras.Input(shape)
    preprocessor = model.preprocessor
    network, value_range = model._features(x), preprocessor and preprocessor.raw_range
    return Backbone(path.name, keras.Model(x, network), value_range, model.info)


def _of_network(model, path):
    """Return the network of features in a network of another origin."""
    expected = "a network of images of shape (n, h, w, c), with one input and output"
    with as_input_error(expected):
        inputs, outputs = model.inputs, model.outputs
    shapes = ", ".join(str(tensor.shape) for tensor in inputs)
    one = len(inputs) == len(outputs) == 1 and len(inputs[0].shape) == 4
    received = f"{path}, with {len(outputs)} outputs and inputs of shape {shapes}"
    expect(one and inputs[0].shape[-1], expected, received)
    x, last = outputs[0], model.layers[-1]
    activation = getattr(last, "activation", None)
    names = type(last).__name__, getattr(activation, "__name__", None)
    if {"Softmax", "softmax", "sigmoid"} & {*names}:
        with as_input_error(f"layers before the probabilities of {path}"):
            # The last dense layer makes them, or what becomes them.
            if not isinstance(last, layers.Dense) and len(model.layers) > 1:
                before = model.layers[-2]
                last = before if isinstance(before, layers.Dense) else last
            x = last.input
    if len(x.shape) == 4:
        x = layers.GlobalAveragePooling2D()(x)
    expect(len(x.shape) == 2, "features of shape (n, d)", f"{path}: {x.shape}")
    return keras.Model(inputs[0], x)
