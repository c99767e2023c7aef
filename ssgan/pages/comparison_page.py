"""The page of a comparison."""

from markupsafe import Markup

from ssgan.evaluation.comparison import DESCRIPTIONS
from ssgan.pages import figures
from ssgan.pages.page import write_page

METHOD_COLORS = {"ssgan": "orange", "supervised": "blue"}


def write_comparison(path, comparison, command=None):
    """Write the page of a comparison.

    Parameters
    ----------
    path : path
        The ``.html`` file.
    comparison : ssgan.evaluation.comparison.Comparison
    command : str or None, default=None
        The command that makes it again.
    """
    rows, summary = comparison.rows, comparison.summary()
    drawn = {
        method: (
            [100 * error for error in comparison.errors(method).values()],
            100 * summary[method]["mean"],
            METHOD_COLORS.get(method, "gray"),
        )
        for method in summary
    }
    before, after = comparison.errors("supervised"), comparison.errors("ssgan")
    both = [split for split in before if split in after]
    size = 288, 40 + 34 * len(summary)
    last = rows[-1]
    error_of = "error on labels left out" if comparison.is_left_out else "test error"
    context = {
        "verdict": comparison.verdict().replace("->", "\N{RIGHTWARDS ARROW}"),
        "recommendation": comparison.recommendation(),
        "expectation": comparison.expectation(),
        "error_of": error_of,
        "difference": comparison.difference(),
        "summary": summary,
        "descriptions": DESCRIPTIONS,
        "errors": Markup(figures.errors_by_method(drawn, error_of, size=size)),
        "pairs": both
        and Markup(
            figures.pairs(
                [100 * before[split] for split in both],
                [100 * after[split] for split in both],
                ("supervised", "ssgan"),
                error_of,
                size=size,
            )
        ),
        "rows": rows,
        "about_data": {
            "data set": last["dataset"],
            "labels left out at a time"
            if comparison.is_left_out
            else "test examples": f"{last['n_test']:,}",
            "splits": ", ".join(dict.fromkeys(r["split"] for r in rows)),
            "runs at a time": ", ".join(str(n) for n in {r["jobs"] for r in rows}),
        },
    }
    write_page(
        path, "compare.html", f"ssgan compare {last['dataset']}", command, last, context
    )
