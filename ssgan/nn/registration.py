"""Registration with Keras: saved models find our classes by name."""

import keras

# A decorator for classes.
serializable = keras.saving.register_keras_serializable(package="ssgan")
