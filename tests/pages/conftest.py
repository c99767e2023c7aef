import pytest

from ssgan.evaluation.comparison import Comparison
from ssgan.pages.comparison_page import write_comparison


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The path of a comparison's page, of made-up errors."""
    errors = {"supervised": (0.2, 0.25, 0.22), "ssgan": (0.1, 0.16, 0.12)}
    errors |= {"self-training": (0.3, 0.28, 0.31), "ceiling": (0.05,)}
    common = {
        "dataset": "toy <&>",
        "recipe": "images",
        "steps": 40,
        "n_labels": 20,
        "n_unlabeled": 300,
        "n_test": 100,
        "seconds": 1.5,
        "jobs": 1,
        "versions": {"ssgan": "0"},
        "machine": {"platform": "Linux", "cpus": 2, "gpus": []},
    }
    rows = [
        {"split": f"toy@20-seed{i}", "method": m, "error": e, "seed": i, **common}
        for m, values in errors.items()
        for i, e in enumerate(values)
    ]
    path = tmp_path_factory.mktemp("compare") / "report.html"
    write_comparison(path, Comparison(rows), "ssgan compare toy.npz")
    return path
