"""Load a trained model, and examples in its form."""

from pathlib import Path

from ssgan.errors import as_input_error, expect
from ssgan.support.model_files import find_model
from ssgan.support.quiet import import_tensorflow
from ssgan.support.run_folder import MODEL


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


def expect_other(out, *read):
    """Raise InputError if a command would write over what it reads.

    A labels.csv where a folder of images may have one would be read for its labels.

    Parameters
    ----------
    out : pathlib.Path
    *read : path
        Models and sources.
    """
    from ssgan.data.folder_layout import label_tables

    read = [*map(Path, read)]
    tables = [path for r in read for path in label_tables(r)]
    with as_input_error(f"{out} to be a file that can be written"):
        files = [path for r in read for path in (r, r / MODEL) if path.exists()]
        same = [path for path in (*files, *tables) if _is_same(path, out)]
    other = "--out to be another file than those to read, and no labels.csv of theirs"
    expect(not same, other, out)


def _is_same(path, out):
    """Return whether two paths lead to one file, also by links."""
    both = out.exists() and path.exists()
    return out.resolve() == path.resolve() or (both and out.samefile(path))
