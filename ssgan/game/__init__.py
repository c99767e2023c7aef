"""The game: the averaged classifier, the two-player model, ensembles and batches."""

# Importing any module of this room registers all three classes with Keras, so that a
# saved model of any of them can be loaded.
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.game.model import SSGAN

__all__ = ["SSGAN", "AveragedClassifier", "Ensemble"]
