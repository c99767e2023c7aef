"""The figure of a learning curve."""

import numpy as np
from matplotlib.figure import Figure

from ssgan.evaluation.learning_curve import BEYOND, METHODS
from ssgan.support.files import atomic_write


def draw(curve, path, title):
    """Draw the errors, and the power laws through them with their forecasts.

    Parameters
    ----------
    curve : ssgan.evaluation.learning_curve.LearningCurve
    path : path
        The ``.svg`` file to write.
    title : str
    """
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for color, method in zip(("0.45", "C0"), METHODS, strict=True):
        law = curve.law(method)
        axes.plot(law.n_labels, 100 * law.errors, "o", color=color, alpha=0.6, ms=4)
        x = np.geomspace(law.n_labels.min(), max(BEYOND) * law.n_labels.max())
        middle, low, high = 100 * np.transpose([curve.predict(method, n) for n in x])
        measured = x <= law.n_labels.max()
        axes.plot(x[measured], middle[measured], color=color, label=method)
        axes.plot(x[~measured], middle[~measured], ":", color=color)
        # Less than half an example is none, which a logarithm cannot show.
        low = np.maximum(low, np.minimum(middle, 50 / curve.n_test))
        axes.fill_between(x, low, high, color=color, alpha=0.15, lw=0)
    band = f"bands: 95 % for one more run on {curve.n_test:,} test examples"
    figure.supxlabel(band, fontsize="small")
    axes.set(
        xscale="log", yscale="log", xlabel="labels", ylabel="test error, %", title=title
    )
    shown = sorted(curve.errors("ssgan"))
    shown += [factor * shown[-1] for factor in BEYOND]
    axes.set_xticks(shown, [str(n) for n in shown])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.legend(frameon=False)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="svg")
