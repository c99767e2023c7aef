"""`SSGANClassifier`, a scikit-learn estimator."""

from ssgan.estimator.classifier import SSGANClassifier

__all__ = [
    "SSGANClassifier",
    "classifier",
    "continuation",
    "frames",
    "members",
    "saved_form",
    "validation",
]
