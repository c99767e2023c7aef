"""Load a trained model, and examples in its form."""

from ssgan.support.model_files import find_model
from ssgan.support.quiet import import_tensorflow


def load_model(path):
    """Return the `SSGANClassifier` in a file, or in a folder that `fit` wrote."""
    path = find_model(path)  # Before the import, which takes seconds.
    import_tensorflow()
    from ssgan.estimator import SSGANClassifier

    return SSGANClassifier.load(path)


def load_for(classifier, source, **of_table):
    """Load examples in the form that a model was fitted on; see `ssgan.load`."""
    from ssgan.data.sources import load

    form = {"shape": classifier.example_shape_, "columns": classifier.columns_}
    return load(source, **form, **of_table)


def encoded_rows(data):
    """Return a table's training rows as networks see them; None for other data."""
    if data.columns is None:
        return None
    import_tensorflow()
    from ssgan.nn import ColumnEncoder

    encoder = ColumnEncoder.for_examples(data.x_train, data.columns.n_categories)
    return encoder(data.x_train).numpy()
