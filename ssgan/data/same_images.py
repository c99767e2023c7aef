"""Images that are in a folder more than once, where that misleads."""

from ssgan.data.labels import is_labeled
from ssgan.errors import some, warn
from ssgan.support.provenance import checksums


def warn_of_same_images(data):
    """Warn of images with two labels, with one label twice, or in both parts.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        Images as they were read, with their files.
    """
    contradicting, repeated, leaked, first = [], [], [], {}
    x, y, files = data.x_train, data.y_train, data.files_train
    for i in is_labeled(y).nonzero()[0]:
        # One by one: x may be larger than memory.
        j = first.setdefault(*checksums(x[i : i + 1]), i)
        if j != i:
            pairs = repeated if y[i] == y[j] else contradicting
            pairs.append(f"{files[j]} and {files[i]}")
    if data.x_test is not None:
        trained = dict(zip(checksums(x), files, strict=True))
        tested = zip(checksums(data.x_test), data.files_test, strict=True)
        leaked = [f"{trained[h]} and {file}" for h, file in tested if h in trained]
    said = {
        "Of images that look the same, one has another label": contradicting,
        "Labeled images that look the same, so that an error on left-out labels would "
        "be too low": repeated,
        "Training and test images that look the same, so that a test error would be "
        "too low": leaked,
    }
    for what, pairs in said.items():
        if pairs:
            warn(f"{what}: {some(pairs)} ({len(pairs)} in {data.name})")
