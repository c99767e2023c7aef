"""Trained classifiers as files that need no ssgan, and their predictions as tables."""

from ssgan.export.formats import FORMATS, export
from ssgan.export.predictions import predict_table, write_predictions

__all__ = [
    "FORMATS",
    "export",
    "formats",
    "inference",
    "predict_table",
    "predictions",
    "write_predictions",
]
