"""Classifiers from few labels, learned together with a generator.

The names below are imported when they are first used. So ``import ssgan`` is quick, and
TensorFlow is imported only by what needs it.
"""

import importlib
import os
import pkgutil

__version__ = "0.1.0"

# By itself TensorFlow computes with oneDNN only where the processor has AVX-512 for
# neural networks. With AVX2 convolutions are faster, too; see
# benchmarks/pages/speed.md. It is read once, when TensorFlow is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

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
