"""Classifiers from few labels, learnt together with a generator.

The names below are imported when they are first used: ``import ssgan`` is quick, and
TensorFlow is loaded only by what needs it.
"""

import importlib

__version__ = "0.1.0"

_HOME = {
    "SSGANClassifier": "ssgan.estimator",
    "SSGAN": "ssgan.model",
    "AveragedClassifier": "ssgan.classifier",
    "Ensemble": "ssgan.classifier",
    "InputError": "ssgan.errors",
    "Recipe": "ssgan.recipes",
    "load": "ssgan.data.sources",
    "label_split": "ssgan.data.splits",
    "LabelSplit": "ssgan.data.splits",
    "batches": "ssgan.data.batches",
}

__all__ = [*_HOME]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'ssgan' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOME])
