"""Load a trained model, and examples in its form."""

from ssgan.support.model_files import find_model
from ssgan.support.quiet import import_tensorflow


def load_model(path):
    """Return the `SSGANClassifier` in a file, or in a folder that `fit` wrote."""
    path = find_model(path)  # Before the import, which takes seconds.
    import_tensorflow()
    from ssgan.estimator import SSGANClassifier

    return SSGANClassifier.load(path)


def load_for(classifier, source):
    """Load examples in the form that a model was fitted on."""
    from ssgan.data.sources import load

    columns = getattr(classifier, "feature_names_in_", None)
    return load(source, shape=classifier.example_shape_, columns=columns)
