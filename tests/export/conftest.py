import keras
import pytest
from keras import layers

from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.nn import WeightNormalization


def own_network():
    """Nested, with a sum, a shared layer and layers that have a state."""
    inputs = keras.Input((6, 6, 2))
    block = keras.Sequential(
        [
            WeightNormalization(layers.Conv2DTranspose(4, 3, padding="same")),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
        ]
    )
    shared = WeightNormalization(layers.Conv2D(4, 3, 1, "same", use_bias=False))
    x = layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0])(inputs)
    x = block(x)
    inner = keras.Input(x.shape[1:])
    x = x + keras.Model(inner, layers.ReLU()(layers.GaussianNoise(0.3)(inner)))(x)
    x = shared(shared(x)) + 1.0
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, WeightNormalization(layers.Dense(3))(x))


@pytest.fixture
def own(rng):
    preprocessor = layers.Normalization()
    preprocessor.adapt(rng.normal(3.0, 5.0, size=(50, 6, 6, 2)).astype("float32"))
    model = AveragedClassifier(own_network(), preprocessor, info={"classes": [*"abc"]})
    model.initialize(rng.normal(size=(30, 6, 6, 2)).astype("float32"))
    model.discriminator(rng.normal(size=(30, 6, 6, 2)), training=True)  # For the BN.
    model.classifier.set_weights(model.discriminator.get_weights())
    return model
