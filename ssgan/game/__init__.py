"""The game: the averaged classifier, the two-player model, ensembles and batches."""

# Importing any module of this room registers all its classes with Keras, so that a
# saved model of any of them can be loaded.
import ssgan.game.backbone_classifier
import ssgan.game.ensemble
import ssgan.game.model
import ssgan.game.self_training  # noqa: F401
