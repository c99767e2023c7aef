"""`SSGANClassifier`, a scikit-learn estimator."""

import pkgutil

from ssgan.support.quiet import import_tensorflow

# Before the modules that need it, and without its messages, also in a notebook.
import_tensorflow()

from ssgan.estimator.classifier import SSGANClassifier  # noqa: E402

__all__ = [
    "SSGANClassifier",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]
