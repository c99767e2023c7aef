"""Sections of the fit page about the training."""

import numpy as np
from markupsafe import Markup

from ssgan.data import image_grid
from ssgan.game.ensemble import members_of
from ssgan.pages import figures


def generated(snapshots, data, raw_range):
    """Return what the generator made during training, and real examples to compare.

    Parameters
    ----------
    snapshots : list of (int, ndarray)
        Step, and generated examples of shape (n, ...).
    data : ssgan.data.examples.Data
    raw_range : pair of float or None
        See `ssgan.SSGANClassifier`.

    Returns
    -------
    dict or None
        "strips" of images, or "scatters" of two columns, and the "count" of examples.
        None without snapshots, or if they cannot be shown.
    """
    if not snapshots or not len(snapshots[0][1]):
        return None
    if snapshots[0][1].ndim < data.x_train.ndim:
        return None  # With a backbone, features.
    rng = np.random.default_rng(0)
    n = len(snapshots[0][1])
    some = rng.choice(len(data.x_train), min(n, len(data.x_train)), replace=False)
    real = data.x_train[np.sort(some)]
    if image_grid.can_show(real):
        rows = [(f"step {step:,}", x) for step, x in snapshots] + [("real", real)]
        gap = max(1, real.shape[1] // 12)
        strips = [
            (name, image_grid.data_uri(image_grid.grid(x, raw_range, len(x), gap)))
            for name, x in rows
        ]
        return {"strips": strips, "count": n}
    if real.ndim > 2 or real.shape[1] < 2:
        return None
    real = real[~np.isnan(real[:, :2]).any(axis=1)]  # Without empty fields.
    last = np.concatenate([real[:, :2], snapshots[-1][1][:, :2]])
    low, high = last.min(0), last.max(0)
    edge = 0.08 * np.where(high > low, high - low, 1)
    ends = list(zip((low - edge).tolist(), (high + edge).tolist(), strict=True))
    scatters = [
        (
            f"step {step:,}",
            Markup(figures.scatter(real[:, :2], x[:, :2], ends, size=(130, 130))),
        )
        for step, x in snapshots
    ]
    return {"scatters": scatters, "count": n}


def curves(log, classifier, test_error=None):
    """Return figures of the training, each with a title and a sentence.

    Parameters
    ----------
    log : list of dict
        Lines of the first member's `ssgan.training.training_log.TrainingLog`.
    classifier : SSGANClassifier
    test_error : float or None, default=None
        A fraction.
    """
    if not log:
        return []

    def lines(*names):
        return {
            shown: ([line[name] for line in log], color)
            for name, shown, color in names
            if name in log[0]
        }

    def terms(player, *colors):
        """Return lines for a player's loss terms, if there is more than one."""
        model = members_of(classifier.model_)[0]
        named = getattr(model, "named_terms", {})
        names = [name for name, term in named.items() if term.player == player]
        shown = [(name, name.replace("_", " ")) for name in names]
        colored = [(*pair, colors[i % len(colors)]) for i, pair in enumerate(shown)]
        return lines(*colored) if player == "discriminator" or len(names) > 1 else {}

    errors = lines(
        ("accuracy", "labeled", "gray"), ("val_accuracy", "validation", "blue")
    )
    errors = {
        name: ([100 * (1 - value) for value in values], color)
        for name, (values, color) in errors.items()
    }
    dots = [] if test_error is None else [("test", 100 * test_error, "orange")]
    whose = "Labeled examples in the batches, augmented and with noise"
    whose += "; the validation part" * ("validation" in errors)
    whose += "; at the end the test part." if dots else "."
    plans = [
        (
            "Discriminator",
            "Its loss, and its loss terms before their weights.",
            lines(("loss", "total", "blue"))
            | terms("discriminator", "purple", "green", "gray"),
            {"label": "loss"},
        ),
        (
            "Generator",
            "Its loss: by default the distance between the mean features of generated "
            "and real examples.",
            lines(("generator_loss", "total", "orange"))
            | terms("generator", "purple", "green", "gray"),
            {"label": "loss"},
        ),
        (
            "Real or generated?",
            "The probability of being real that the discriminator gives on average.",
            lines(("p_real", "real", "blue"), ("p_fake", "generated", "orange")),
            {"label": "probability", "top": 1.0},
        ),
        ("Error", whose, errors, {"label": "%", "dots": dots}),
    ]
    steps = [line["step"] for line in log]
    return [
        {
            "title": title,
            "text": text,
            "svg": Markup(figures.curves(steps, series, **options)),
        }
        for title, text, series, options in plans
        if series
    ]
