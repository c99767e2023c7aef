"""The figures of pages, as SVG that takes its colors from the page.

Each function returns the text of an ``<svg>`` element without a size; the page sets its
width. Text stays text and colors are CSS variables, so that figures follow the page's
font and its light or dark scheme.
"""

import io
import re

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ssgan.pages.colors import COLORS

INK, MUTED, LINE = (COLORS[name][0] for name in ("ink", "muted", "line"))

# In points. Across a phone one of 288 points is about 1.2 pixels, across half of a
# desktop page about 1.6.
WIDTH, HEIGHT = 288, 180
ROUND = [1, 2, 2.5, 5, 10]
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ssgan",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.color": LINE,
    "ytick.labelcolor": MUTED,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "text.color": INK,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
}


def _figure(draw):
    """Turn a function that draws on axes into one that returns an SVG."""

    def figure(*args, size=(WIDTH, HEIGHT), **kwargs):
        with matplotlib.rc_context(STYLE):
            fig = Figure([side / 72 for side in size], layout="constrained")
            fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02)
            draw(fig.add_subplot(), *args, **kwargs)
            return _svg(fig)

    figure.__name__, figure.__doc__ = draw.__name__, draw.__doc__
    return figure


@_figure
def curves(axes, steps, series, *, label="", dots=(), top=None):
    """Draw curves against training steps, each with its name at its end.

    Parameters
    ----------
    steps : sequence of int
    series : dict of str to (sequence of float, str)
        The values and the color of each name.
    label : str, default=""
        Unit of the values.
    dots : sequence of (str, float, str)
        Name, value and color of single values, drawn at the end.
    top : float or None, default=None
        Upper end of the scale, which starts at 0; by default it follows the values.
    """
    ends = []
    for name, (values, color) in series.items():
        axes.plot(steps, values, color=_color(color))
        ends.append((name, values[-1], color))
    for name, value, color in dots:
        axes.plot(steps[-1], value, "o", ms=4, color=_color(color), clip_on=False)
        ends.append((name, value, color))
    values = [v for values, _ in series.values() for v in values]
    bottom = min(0, *values, *(value for _, value, _ in dots))
    highest = max(*values, *(value for _, value, _ in dots), bottom + 1e-9)
    axes.set_ylim(bottom, top or highest + 0.05 * (highest - bottom))
    axes.set_xlim(0, steps[-1])
    _name_ends(axes, steps[-1], ends)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=ROUND))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.set_xlabel("steps")
    axes.set_title(label, loc="left", color=MUTED, fontsize=8.5)


def _name_ends(axes, x, ends):
    """Write names beside the ends of their curves, without overlap."""
    bottom, top = axes.get_ylim()
    apart = 0.085 * (top - bottom)
    ends = sorted(ends, key=lambda end: end[1])
    places = [value for _, value, _ in ends]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + apart)
    if places and places[-1] > top:
        places[-1] = top
        for i in range(len(places) - 2, -1, -1):
            places[i] = min(places[i], places[i + 1] - apart)
    for (name, _, color), y in zip(ends, places, strict=True):
        axes.annotate(
            name,
            (x, y),
            (7, 0),
            textcoords="offset points",
            va="center",
            color=_color(color),
            annotation_clip=False,
        )


@_figure
def reliability(axes, confidence, accuracy, low, high, fractions):
    """Draw a reliability diagram: accuracy and its interval against confidence.

    Parameters
    ----------
    confidence, accuracy, low, high, fractions : ndarray of shape (bins,)
        For each bin: mean confidence, accuracy, the ends of the accuracy's interval,
        and the fraction of all predictions that are in the bin.
    """
    axes.plot([0, 1], [0, 1], color=_color("gray"), lw=1, dashes=(3, 3))
    axes.vlines(confidence, low, high, color=_color("blue"), lw=1.2, alpha=0.6)
    axes.plot(confidence, accuracy, color=_color("blue"), lw=1)
    axes.scatter(
        confidence, accuracy, 10 + 90 * fractions, _color("blue"), clip_on=False
    )
    least = min(0.5, *(confidence - 0.05), *(accuracy - 0.05))
    axes.set(xlim=(max(0, least), 1.01), ylim=(max(0, low.min() - 0.03), 1.02))
    _in_per_cent(axes)
    axes.set_xlabel("predicted probability")
    axes.set_title("correct predictions", loc="left", color=MUTED, fontsize=8.5)


@_figure
def coverage(axes, errors):
    """Draw the error of the k most confident predictions against their part of all.

    Parameters
    ----------
    errors : ndarray of shape (n,)
        Fractions, for k = 1 to n; see `ssgan.stats.calibration.errors_by_coverage`.
    """
    n = len(errors)
    part = np.arange(1, n + 1) / n
    axes.plot(part, errors, color=_color("blue"), lw=1, drawstyle="steps-pre")
    axes.set(xlim=(0, 1.01), ylim=(0, max(0.02, 1.1 * errors.max())))
    _in_per_cent(axes)
    axes.set_xlabel("part with an answer, the most confident first")
    axes.set_title("wrong answers among them", loc="left", color=MUTED, fontsize=8.5)


def _in_per_cent(axes):
    """Write fractions on both axes in per cent, with decimals where ticks have them."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=ROUND))
        axis.set_major_formatter(FuncFormatter(lambda p, _: f"{100 * p:.4g} %"))


@_figure
def scatter(axes, real, generated, limits):
    """Draw the first two columns of real and of generated rows.

    Parameters
    ----------
    real, generated : ndarray of shape (n, 2)
    limits : pair of pair of float
        The ends of each axis.
    """
    for x, color in ((real, "gray"), (generated, "orange")):
        axes.plot(*x.T, "o", ms=2.6, mew=0, alpha=0.65, color=_color(color))
    axes.set(xlim=limits[0], ylim=limits[1], xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


@_figure
def errors_by_method(axes, errors, label):
    """Draw the errors of each method on each split, with mean and standard deviation.

    Parameters
    ----------
    errors : dict of str to (sequence of float, float, str)
        For each method, from top to bottom, errors in per cent, their mean and a color.
    label : str
        What they are.
    """
    everywhere = axes.get_yaxis_transform()  # x as a fraction of the width.
    # Dots at 0 are not cut in half.
    dots, top = {"mew": 0, "alpha": 0.6, "clip_on": False}, 0
    for y, (name, (values, mean, color)) in enumerate(errors.items()):
        color, text = _color(color), f"{mean:.2f}"
        if len(values) > 1:
            std = np.std(values, ddof=1)
            axes.hlines(y + 0.18, mean - std, mean + std, color=color, lw=1.6)
            text += f" ± {std:.2f}"
            top = max(top, mean + std)
        top = max(top, *values)
        axes.plot(mean, y + 0.18, "D", ms=5, color=color, clip_on=False)
        axes.plot(values, np.full(len(values), y + 0.02), "o", ms=4, c=color, **dots)
        axes.text(0, y - 0.2, name, transform=everywhere)
        axes.text(1, y - 0.2, text, transform=everywhere, ha="right", color=color)
    axes.set_ylim(len(errors) - 0.5, -0.6)
    axes.set_xlim(0, 1.06 * top or 1)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlabel(f"{label}, %")


@_figure
def pairs(axes, before, after, names, label):
    """Draw a line from one error to another for each split.

    Parameters
    ----------
    before, after : sequence of float
        Errors in per cent.
    names : pair of str
    label : str
        What they are.
    """
    for one, other in zip(before, after, strict=True):
        color = _color("blue" if other <= one else "orange")
        look = {"color": color, "lw": 1.2, "ms": 4, "alpha": 0.8, "clip_on": False}
        axes.plot([0, 1], [one, other], "o-", **look)
    axes.set_xticks([0, 1], names)
    axes.tick_params(axis="x", labelcolor=INK)
    axes.set_xlim(-0.35, 1.35)
    axes.set_ylim(0, 1.06 * max(*before, *after) or 1)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=ROUND))
    axes.set_title(f"{label}, %", loc="left", color=MUTED, fontsize=8.5)


def _color(name):
    return COLORS[name][0]


def _svg(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # A page has many figures, but each id must be unique. Only groups' ids are not:
    # those that are referred to are hashes of their content.
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg)
    for name, (light, _) in COLORS.items():
        svg = svg.replace(light, f"var(--{name}, {light})")
    return svg
