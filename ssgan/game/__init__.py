"""The game: the averaged classifier, the two-player model, ensembles and batches."""

# Importing any module of this room registers all four classes with Keras, so that a
# saved model of any of them can be loaded.
import ssgan.game.ensemble
import ssgan.game.model  # noqa: F401
