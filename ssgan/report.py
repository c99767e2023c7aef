"""What a training or a comparison has to show, as one HTML page that needs no other."""

import dataclasses
import datetime

import jinja2
import numpy as np
import scipy.stats
from markupsafe import Markup

from ssgan import __version__, figures, pictures
from ssgan.compare import CONFIDENCE, DESCRIPTIONS
from ssgan.data.examples import is_labeled
from ssgan.records import draft

SHOWN = 12  # Examples of a kind.
COLUMNS = 6  # Of a row.
MATRIX = 20  # Classes that a confusion matrix can show.
BINS = 10
# What the logs hold besides loss terms.
LOGS = ("update", "seconds", "loss", "accuracy", "unsupervised_loss", "generator_loss")
LOGS += ("p_real", "p_fake", "diversity", "val_loss", "val_accuracy")
METHOD_COLORS = {"ssgan": "orange", "supervised": "blue"}


def write_fit(path, data, y, judged, classifier, result, lines, album, command=None):
    """Write the page of one training.

    Parameters
    ----------
    path : path
        The ``.html`` file.
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that were learnt from; -1 elsewhere.
    judged : tuple ``(part, x, y, probabilities)``
        "test", "validation" or "labeled", and the examples of that part, of shape
        (m, ...), their labels and the classifier's probabilities, of shape (m, K).
    classifier : ssgan.SSGANClassifier
        Fitted.
    result : dict
        What ``result.json`` says.
    lines, album
        What `ssgan.history` keeps of the (first) model.
    command : str or None, default=None
        What makes all this again.
    """
    part, x, true, p = judged
    predicted = classifier.classes_[p.argmax(axis=1)]
    wrong = int((predicted != true).sum())
    limits = pictures.limits(classifier.recipe_, classifier.model_)
    context = {
        "verdict": _verdict(result, part, wrong, len(true)),
        "key_figures": _key_figures(result, part, wrong, len(true), data),
        "generated": _generated(album, data, limits),
        "diversity": lines[-1].get("diversity") if lines else None,
        "members": result["members"],
        "curves": _curves(lines, wrong / len(true) if part == "test" else None),
        "part": part,
        "by_class": _by_class(data, classifier.classes_, y, true, predicted),
        "confusion": _confusion(data, classifier.classes_, true, predicted),
        "calibration": _calibration(p, predicted == true),
        "hard": _hard(data, x, true, predicted, p.max(axis=1), limits),
        "recipe": _recipe(classifier, result),
        "about_data": _about_data(data, result, limits),
    }
    title = f"ssgan fit {result['split']}"
    _write(path, "fit.html", title, command, result, context)


def write_comparison(path, comparison, command=None):
    """Write the page of a comparison.

    Parameters
    ----------
    path : path
        The ``.html`` file.
    comparison : ssgan.compare.Comparison
    command : str or None, default=None
        What makes it again.
    """
    rows, summary = comparison.rows, comparison.summary()
    percent = {
        method: [100 * error for error in comparison.errors(method).values()]
        for method in summary
    }
    colored = {m: (e, METHOD_COLORS.get(m, "gray")) for m, e in percent.items()}
    before, after = comparison.errors("supervised"), comparison.errors("ssgan")
    both = [split for split in before if split in after]
    height = 40 + 34 * len(summary)
    last = rows[-1]
    context = {
        "verdict": comparison.verdict().replace("->", "\N{RIGHTWARDS ARROW}"),
        "difference": comparison.difference(),
        "summary": summary,
        "descriptions": DESCRIPTIONS,
        "errors": Markup(figures.errors_by_method(colored, size=(288, height))),
        "pairs": both
        and Markup(
            figures.pairs(
                [100 * before[split] for split in both],
                [100 * after[split] for split in both],
                ("supervised", "ssgan"),
                size=(288, height),
            )
        ),
        "rows": rows,
        "about_data": {
            "data set": last["dataset"],
            "test examples": f"{last['n_test']:,}",
            "splits": ", ".join(dict.fromkeys(r["split"] for r in rows)),
            "runs at a time": ", ".join(str(n) for n in {r["jobs"] for r in rows}),
        },
    }
    _write(
        path, "compare.html", f"ssgan compare {last['dataset']}", command, last, context
    )


def interval(k, n):
    """Return the exact (Clopper-Pearson) 95 % interval of the fraction k of n."""
    ends = scipy.stats.binomtest(int(k), int(n)).proportion_ci(CONFIDENCE, "exact")
    return float(ends.low), float(ends.high)


def calibration_error(confidence, right):
    """Return the expected calibration error, and the bins that it is made of.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        Highest probability of each prediction.
    right : boolean ndarray of shape (n,)

    Returns
    -------
    error : float
        Mean over the predictions of how far their bin's mean confidence is from its
        accuracy; 10 bins of equal width.
    bins : list of tuple
        Of each bin that is not empty: how many, mean confidence, right ones.

    References
    ----------
    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2,
    arXiv:1706.04599.
    """
    place = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    n = np.bincount(place, minlength=BINS)
    sums = np.bincount(place, confidence, BINS), np.bincount(place, right, BINS)
    error = float(np.abs(sums[0] - sums[1]).sum() / len(confidence))
    used = np.flatnonzero(n)
    return error, [(int(n[i]), sums[0][i] / n[i], int(sums[1][i])) for i in used]


def _write(path, template, title, command, result, context):
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ssgan"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "duration": _duration}
    page = environment.get_template(template).render(
        title=title,
        command=command,
        versions=result["versions"],
        machine=result["machine"],
        colors=figures.COLORS,
        version=__version__,
        date=datetime.date.today().isoformat(),
        **context,
    )
    with draft(path) as part:
        part.write_text(page, encoding="utf-8")


def _percent(fraction, digits=2):
    return f"{100 * fraction:.{digits}f}\N{NO-BREAK SPACE}%"


def _duration(seconds):
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return (
        f"{seconds / 60:.0f} minutes"
        if seconds > 600
        else f"{seconds / 60:.1f} minutes"
    )


def _verdict(result, part, wrong, n):
    learnt = (
        f"learnt from {result['labels']:,} labels in {_duration(result['seconds'])}"
    )
    if part == "labeled":
        return (
            f"No test part and no validation part: {_percent(wrong / n)} of the "
            f"{n:,} labeled examples themselves are wrong, which says little about new "
            f"ones; {learnt}."
        )
    low, high = interval(wrong, n)
    name = "Test error" if part == "test" else "Validation error"
    note = "" if part == "test" else ", labels held out; there is no test part"
    return (
        f"{name} {_percent(wrong / n)} (95\N{NO-BREAK SPACE}% binomial interval "
        f"{100 * low:.2f} to {_percent(high)}) on {n:,} examples{note}, {learnt}."
    )


def _key_figures(result, part, wrong, n, data):
    name = {"test": "test error", "validation": "validation error"}
    unlabeled = len(data.x_train) - result["labels"] - result["validation_labels"]
    return {
        name.get(part, "error on its own labels"): _percent(wrong / n),
        "labels": f"{result['labels']:,}",
        "without labels": f"{unlabeled:,}",
        "updates": f"{result['steps']:,}",
        "training": _duration(result["seconds"]),
    }


def _generated(album, data, limits):
    """Return what the generator made at each moment, and real examples beside it."""
    if not album or not len(album[0][1]):
        return None
    rng = np.random.default_rng(0)
    n = len(album[0][1])
    some = rng.choice(len(data.x_train), min(n, len(data.x_train)), replace=False)
    real = data.x_train[np.sort(some)]
    if real.ndim > 2 and pictures.can_show(real):
        rows = [(f"update {update:,}", x) for update, x in album] + [("real", real)]
        gap = max(1, real.shape[1] // 12)
        strips = [
            (name, pictures.data_uri(pictures.grid(x, limits, len(x), gap)))
            for name, x in rows
        ]
        return {"strips": strips, "count": n}
    if real.ndim > 2 or real.shape[1] < 2:
        return None
    last = np.concatenate([real[:, :2], album[-1][1][:, :2]])
    low, high = last.min(0), last.max(0)
    edge = 0.08 * np.where(high > low, high - low, 1)
    ends = list(zip((low - edge).tolist(), (high + edge).tolist(), strict=True))
    moments = [
        (
            f"update {update:,}",
            Markup(figures.scatter(real[:, :2], x[:, :2], ends, size=(130, 130))),
        )
        for update, x in album
    ]
    return {"scatters": moments, "count": n}


def _curves(lines, test_error):
    """Return figures with a title and a sentence: how both players fared."""
    if not lines:
        return []

    def of(*names):
        return {
            shown: ([line[name] for line in lines], color)
            for name, shown, color in names
            if name in lines[0]
        }

    terms = [
        (name, name, ("green", "gray")[i % 2])
        for i, name in enumerate(name for name in lines[0] if name not in LOGS)
    ]
    errors = of(("accuracy", "labeled", "gray"), ("val_accuracy", "validation", "blue"))
    errors = {
        name: ([100 * (1 - value) for value in values], color)
        for name, (values, color) in errors.items()
    }
    dots = [] if test_error is None else [("test", 100 * test_error, "orange")]
    whose = "Of the labeled examples in the batches, augmented and with noise"
    whose += ", of the validation part" * ("validation" in errors)
    whose += ", and in the end of the test part." if dots else "."
    plans = [
        (
            "Discriminator",
            "Its loss, and what the game and further terms have in it before their "
            "weights.",
            of(("loss", "in all", "blue"), ("unsupervised_loss", "game", "purple"))
            | of(*terms),
            {"label": "loss"},
        ),
        (
            "Generator",
            "Distance of the mean features of generated and of real examples.",
            of(("generator_loss", "matching", "orange")),
            {"label": "loss"},
        ),
        (
            "Who is fooled",
            "Mean probability that the discriminator gives to being real.",
            of(("p_real", "real", "blue"), ("p_fake", "generated", "orange")),
            {"label": "probability", "top": 1.0},
        ),
        ("Error", whose, errors, {"label": "%", "dots": dots}),
    ]
    updates = [line["update"] for line in lines]
    return [
        {
            "title": title,
            "text": text,
            "svg": Markup(figures.curves(updates, series, **options)),
        }
        for title, text, series, options in plans
        if series
    ]


def _by_class(data, classes, y, true, predicted):
    wrong = predicted != true
    errors = [
        float(wrong[true == c].mean()) if (true == c).any() else None for c in classes
    ]
    top = max([e for e in errors if e] or [1.0])
    return [
        {
            "name": data.class_name(c),
            "labels": int((y == c).sum()),
            "n": int((true == c).sum()),
            "error": error,
            "bar": 100 * (error or 0) / top,
        }
        for c, error in zip(classes, errors, strict=True)
    ]


def _confusion(data, classes, true, predicted):
    """Return the matrix, or where it would be too large its largest wrong entries."""
    place = {c: i for i, c in enumerate(classes.tolist())}
    matrix = np.zeros((len(classes), len(classes)), int)
    np.add.at(
        matrix,
        ([place[c] for c in true.tolist()], [place[c] for c in predicted.tolist()]),
        1,
    )
    names = [data.class_name(c) for c in classes]
    off = matrix - np.diag(np.diag(matrix))
    if len(classes) <= MATRIX:
        shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
        return {
            "classes": classes.tolist(),
            "rows": list(zip(names, matrix.tolist(), shares.tolist(), strict=True)),
        }
    order = np.argsort(-off, axis=None, kind="stable")[:SHOWN]
    pairs = zip(*np.unravel_index(order, off.shape), strict=True)
    return {
        "pairs": [(names[i], names[j], int(off[i, j])) for i, j in pairs if off[i, j]]
    }


def _calibration(p, right):
    error, bins = calibration_error(p.max(axis=1), right)
    ends = np.array([interval(k, n) for n, _, k in bins])
    confidence = np.array([c for _, c, _ in bins])
    accuracy = np.array([k / n for n, _, k in bins])
    shares = np.array([n for n, _, _ in bins]) / len(right)
    svg = figures.reliability(confidence, accuracy, *ends.T, shares, size=(288, 230))
    return {
        "error": error,
        "svg": Markup(svg),
        "confidence": float(p.max(axis=1).mean()),
        "accuracy": float(right.mean()),
    }


def _hard(data, x, true, predicted, confidence, limits):
    """Return the examples predicted wrongly with least doubt, and with most doubt."""
    order = np.argsort(-confidence, kind="stable")
    wrong = order[(predicted != true)[order]]
    return [
        {
            "title": "Most confidently wrong",
            "text": "Where the model is mistaken and does not know it.",
            "examples": _examples(data, x, true, predicted, confidence, wrong, limits),
        },
        {
            "title": "Most uncertain",
            "text": "Where its highest probability is lowest.",
            "examples": _examples(
                data, x, true, predicted, confidence, order[::-1], limits
            ),
        },
    ]


def _examples(data, x, true, predicted, confidence, where, limits):
    shown = x.ndim > 2 and pictures.can_show(x)
    return [
        {
            "index": int(i),
            "picture": pictures.data_uri(pictures.grid(x[i : i + 1], limits))
            if shown
            else None,
            "values": [] if shown else [f"{v:.4g}" for v in x[i].ravel()[:COLUMNS]],
            "true": data.class_name(true[i]),
            "predicted": data.class_name(predicted[i]),
            "right": bool(true[i] == predicted[i]),
            "confidence": float(confidence[i]),
        }
        for i in where[:SHOWN].tolist()
    ]


def _recipe(classifier, result):
    model = getattr(classifier.model_, "members", [classifier.model_])[0]
    numbers = {
        field.name: _value(getattr(classifier.recipe_, field.name))
        for field in dataclasses.fields(classifier.recipe_)
    }
    for player in ("discriminator", "generator"):
        if getattr(model, player, None) is not None:
            count = getattr(model, player).count_params()
            numbers[f"{player}'s parameters"] = f"{count:,}"
    for name in ("members", "class_weight", "seed", "weights_seed"):
        numbers[name] = _value(result[name])
    return numbers


def _value(value):
    """Return a recipe's value as it is written in Python, a `Part` as a call."""
    if hasattr(value, "_fields"):
        options = ", ".join(f"{k}={v!r}" for k, v in value.options.items())
        return f"{value.name}({options})"
    if isinstance(value, tuple):
        return ", ".join(_value(v) for v in value) or "none"
    if value is None:
        return "none"
    return f"{value:,}" if type(value) is int else str(value)


def _about_data(data, result, limits):
    kind = {2: "rows of numbers", 3: "gray images"}.get(data.x_train.ndim, "images")
    shape = " × ".join(str(side) for side in data.x_train.shape[1:])
    about = {
        "data set": data.name,
        "examples": f"{kind}, {shape}, {data.x_train.dtype}",
        "training examples": f"{len(data.x_train):,}",
        "with a label in the source": f"{int(is_labeled(data.y_train).sum()):,}",
        "label split": result["split"],
        "labels learnt from": f"{result['labels']:,}",
        "labels held out": f"{result['validation_labels']:,}",
        "test examples": f"{result['n_test']:,}",
        "classes": f"{len(result['classes']):,}",
    }
    if limits is not None:
        about["range"] = f"{limits[0]:g} to {limits[1]:g}"
    return about
