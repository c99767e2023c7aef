"""Tiny networks of images, as files."""

import keras
from keras import layers


def save_network(path, shape=(6, 6, 3), units=5):
    """Write a classifier of images whose last hidden layer has some units."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            layers.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, 2, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(units, activation="tanh", name="hidden"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    network.save(path)
    return network
