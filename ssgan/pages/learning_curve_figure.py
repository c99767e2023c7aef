"""The figure of a learning curve."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from ssgan.evaluation.learning_curve import BEYOND, METHODS, WIDE
from ssgan.support.files import atomic_write

NAMES = {"supervised": "the labels alone", "ssgan": "with unlabeled examples"}
ASIDE = 0.025  # Of its labels, so that points do not hide each other.


def draw(curve, path, title):
    """Draw the errors, and the power laws through them with their forecasts.

    Bands, and forecasts, that say nothing are left out.

    Parameters
    ----------
    curve : ssgan.evaluation.learning_curve.LearningCurve
    path : path
        The ``.svg`` file to write.
    title : str
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes, all_told = figure.subplots(), True
    for side, color, method in zip((-1, 1), ("0.45", "C0"), METHODS, strict=True):
        law = curve.law(method)
        moved = law.n_labels * (1 + ASIDE) ** (side * _places(law))
        axes.plot(moved, 100 * law.errors, "o", color=color, alpha=0.6, ms=4)
        x = np.geomspace(law.n_labels.min(), max(BEYOND) * law.n_labels.max())
        middle, low, high = 100 * np.transpose([curve.predict(method, n) for n in x])
        measured = x <= law.n_labels.max()
        axes.plot(x[measured], middle[measured], color=color, label=NAMES[method])
        told = (high - low < 100 * WIDE) & curve.has_error(method)
        beyond = ~measured & told
        axes.plot(x[beyond], middle[beyond], ":", color=color)
        # Less than half an example is none, which a logarithm cannot show.
        low = np.maximum(low, np.minimum(middle, 50 / curve.n_test))
        axes.fill_between(x, low, high, told, color=color, alpha=0.15, lw=0)
        all_told &= bool(told.all())
    notes = [f"bands: 95 % for one more run on {curve.n_test:,} test examples"]
    if not all_told:
        notes.append("without a band, an error cannot be told")
    if any(row["error"] == 0 for row in curve.rows):
        notes.append("runs without an error are drawn at half an error")
    figure.supxlabel("\n".join(notes), fontsize="small")
    axes.set(
        xscale="log", yscale="log", xlabel="labels", ylabel="test error, %", title=title
    )
    shown = sorted(curve.errors("ssgan"))
    shown += [factor * shown[-1] for factor in BEYOND]
    axes.set_xticks(shown, [str(n) for n in shown])
    axes.set_yticks(ticks := _ticks(*axes.get_ylim()), [f"{y:g}" for y in ticks])
    axes.minorticks_off()
    axes.legend(frameon=False)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="svg")


def _places(law):
    """Return for each run which of those with the same labels and error it is, from 1.

    Its point is moved aside by so much, at most four times.
    """
    runs = [*zip(law.n_labels.tolist(), law.errors.tolist(), strict=True)]
    return np.array([min(4, runs[: i + 1].count(run)) for i, run in enumerate(runs)])


def _ticks(low, high):
    """Return ticks of a logarithmic axis: 1, 2, 5, 10 and so on, or as many as fit."""
    subs = (1, 2, 5) if high < 1e4 * low else (1,)
    coarse = LogLocator(subs=subs, numticks=12).tick_values(low, high)
    inside = coarse[(coarse >= low) & (coarse <= high)]
    if len(inside) < 3:
        fine = MaxNLocator(5).tick_values(low, high)
        inside = fine[(fine >= low) & (fine <= high)]
    return inside
