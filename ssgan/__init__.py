"""Classifiers from few labels, learned together with a generator.

The names below are imported when they are first used. So ``import ssgan`` is quick, and
TensorFlow is imported only by what needs it.
"""

import importlib
import pkgutil

__version__ = "0.1.0"

# It says how TensorFlow is to compute, before TensorFlow is imported.
importlib.import_module("ssgan.support.onednn")

_HOMES = {
    "SSGANClassifier": "ssgan.estimator",
    "SSGAN": "ssgan.game.model",
    "SelfTraining": "ssgan.game.self_training",
    "AveragedClassifier": "ssgan.game.averaged_classifier",
    "Ensemble": "ssgan.game.ensemble",
    "InputError": "ssgan.errors",
    "Recipe": "ssgan.recipes",
    "load": "ssgan.data.sources",
    "label_split": "ssgan.data.splits",
    "LabelSplit": "ssgan.data.splits",
    "LabeledKFold": "ssgan.data.folds",
    "batches": "ssgan.game.batches",
    "suggest": "ssgan.suggestions",
}

_MODULES = [module.name for module in pkgutil.iter_modules(__path__)]

__all__ = [*_HOMES, *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"ssgan.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'ssgan' has no attribute {name!r}")
    # Stored, so that the next use does not come here.
    globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *__all__})
