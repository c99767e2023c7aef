"""Label spreading on the test part, beside the model that was trained."""

from time import perf_counter

from ssgan.data.labels import is_labeled
from ssgan.errors import counted
from ssgan.evaluation.baselines import BASELINES, encoded
from ssgan.stats.intervals import matched_interval
from ssgan.stats.percent import percent

USE = "--method label-spreading"


def beside_spreading(data, y, seed, wrong):
    """Train scikit-learn's label spreading, and compare it on the test part.

    It takes seconds, so a model that took minutes should be worth them. Nothing is
    chosen by this.

    Parameters
    ----------
    data : ssgan.data.examples.Data
        With a test part.
    y : ndarray of shape (n,)
        The labels to learn from, -1 for unlabeled.
    seed : int
    wrong : boolean ndarray of shape (n_test,)
        Which answers of the model are wrong.

    Returns
    -------
    dict or None
        Of JSON values: the "error" of label spreading, a fraction; its "seconds"; the
        model's error less it ("mean"), with the ends of a 95 % interval ("low" and
        "high"); and all this as a "sentence". None if every example has a label.
    """
    if is_labeled(y).all():
        return None
    start = perf_counter()
    x, x_test = encoded(data)
    others_wrong = BASELINES["label-spreading"](x, y, seed)(x_test) != data.y_test
    seconds = perf_counter() - start
    error = float(others_wrong.mean())
    difference = matched_interval(wrong, others_wrong)
    return {
        "error": error,
        "seconds": round(seconds, 2),
        **dict(zip(("mean", "low", "high"), difference, strict=True)),
        "sentence": _sentence(percent(error, len(wrong)), seconds, difference),
    }


def _sentence(error, seconds, difference):
    mean, low, high = difference
    said = (
        f"On the same examples, label spreading (scikit-learn) makes {error} errors, "
        f"in {counted(max(1, round(seconds)), 'second')}"
    )
    if high < 0:
        return f"{said}: this model is better."
    if low > 0:
        return f"{said}, and is better: use it ({USE})."
    unsure = f"{said}. They do not tell for sure which is better"
    return f"{unsure}." if mean < 0 else f"{unsure}: consider it ({USE})."
