"""`SSGANClassifier`, a scikit-learn estimator."""

from ssgan.support.quiet import import_tensorflow

# Before the modules that need it, and without its messages, also in a notebook.
import_tensorflow()

from ssgan.estimator.classifier import SSGANClassifier  # noqa: E402

__all__ = [
    "SSGANClassifier",
    "adopted",
    "backbones",
    "class_shares",
    "classifier",
    "continuation",
    "embeddings",
    "findings",
    "foreign",
    "frames",
    "generation",
    "least_cut",
    "members",
    "mirror_images",
    "saved_form",
    "spread_labels",
    "training_set",
    "validation",
]
