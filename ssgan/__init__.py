"""Classifiers from few labels, learnt together with a generator.

The names below are imported when they are first used: ``import ssgan`` is quick, and
TensorFlow is loaded only by what needs it.
"""

import importlib
import pkgutil

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

_MODULES = [module.name for module in pkgutil.iter_modules(__path__)]

__all__ = [*_HOME, *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"ssgan.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'ssgan' has no attribute {name!r}")
    # Kept, so that the next use finds it without coming here.
    globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *__all__})
