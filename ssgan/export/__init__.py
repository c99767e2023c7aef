"""Trained classifiers as files that need no ssgan, and their predictions as tables."""

import pkgutil

from ssgan.export.formats import FORMATS, export
from ssgan.export.predictions import predict_table, write_predictions

__all__ = [
    "FORMATS",
    "export",
    "predict_table",
    "write_predictions",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]
