"""Independent trainings at the same time give what they give one after another."""

import json
import operator
import os
import subprocess
import sys

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from tiny import TINY

from ssgan import SSGANClassifier
from ssgan.data.examples import Data
from ssgan.evaluation.compare import compare
from ssgan.support import parallel
from ssgan.training.progress import Progress


@pytest.fixture(scope="module")
def dask_backend():
    """Two workers of a local Dask cluster, for joblib.

    They are in this process: those of a slow test are in processes of their own.
    """
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    )
    with cluster, distributed.Client(cluster):
        yield "dask"


def blobs(n=60):
    codes = np.arange(n) % 2
    x = np.random.default_rng(0).normal(size=(n, 3)) + 4 * codes[:, None]
    return x.astype("float32"), codes


@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_results_come_with_their_place(n_jobs):
    results = parallel.run_all(operator.pow, [(i, 2) for i in range(5)], n_jobs)
    assert sorted(results) == [(i, i**2) for i in range(5)]


def test_ensemble_of_parallel_members_is_the_same():
    x, y = blobs()
    alone, together = (
        SSGANClassifier(TINY, n_members=2, random_state=0, n_jobs=n).fit(x, y)
        for n in (None, 2)
    )
    # Threads may add in another order.
    np.testing.assert_allclose(
        together.predict_proba(x), alone.predict_proba(x), atol=1e-4
    )


@pytest.mark.slow  # Dask does most of it.
def test_comparison_on_a_cluster_is_the_same(dask_backend, tmp_path):
    x, y = blobs()
    data = Data("toy", x[10:], y[10:], x[:10], y[:10])
    seen = []
    options = {"splits": 2, "recipe": TINY, "methods": ["self-training", "ssgan"]}
    with joblib.parallel_config(dask_backend, n_jobs=2):
        on_cluster = compare(
            data,
            6,
            out=tmp_path,
            on_row=lambda row, done, total: seen.append((done, total)),
            **options,
        )
    alone = compare(data, 6, **options)

    def results(comparison):
        return [(r["split"], r["method"], r["error"]) for r in comparison.rows]

    assert results(on_cluster) == results(alone)
    assert seen == [(i, 4) for i in range(1, 5)]
    assert {r["jobs"] for r in on_cluster.rows} == {2}
    written = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["method"] for line in written) == sorted(
        r["method"] for r in alone.rows
    )


@pytest.mark.slow
def test_two_threads_in_each_of_two_workers_give_the_numbers_of_one_process():
    distributed = pytest.importorskip("distributed")
    x, y = blobs()
    data = Data("toy", x[10:], y[10:], x[:10], y[:10])
    options = {"splits": 2, "recipe": TINY, "methods": ["supervised", "ssgan"]}
    settings = {"recipe": TINY, "n_members": 4, "random_state": 0}
    alone = compare(data, 6, **options)
    members = SSGANClassifier(**settings).fit(x, y).predict_proba(x)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address=None
    )
    with (
        cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask", n_jobs=4),
    ):
        shared = compare(data, 6, **options)
        shared_members = SSGANClassifier(**settings).fit(x, y).predict_proba(x)

    def results(comparison):
        keys = ("split", "method", "error", "wrong")
        return [[row[key] for key in keys] for row in comparison.rows]

    assert results(shared) == results(alone)
    # Threads may add in another order.
    np.testing.assert_allclose(shared_members, members, atol=1e-4)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_one_run_at_a_time_has_the_terminal_to_itself(n_jobs, fits):
    x, y = blobs()
    data = Data("toy", x[10:], y[10:], x[:10], y[:10])
    seen = []

    def progress(description, live):
        seen.append((description, live))
        return Progress(description, live=live)

    # Threads share the list, and a single run gives the second none.
    with joblib.parallel_config("threading", n_jobs=n_jobs):
        compare(
            data,
            6,
            splits=1,
            recipe=TINY,
            methods=["supervised"],
            progress=progress,
        )
    assert seen == [("toy@6-seed0 supervised", n_jobs == 1)]


@pytest.mark.slow  # scikit-learn and Dask do most of it.
def test_search_on_a_cluster(dask_backend):
    x, y = blobs()
    search = GridSearchCV(
        SSGANClassifier(TINY, random_state=0), {"steps": [5, 10]}, cv=2
    )
    with joblib.parallel_config(dask_backend, n_jobs=2):
        search.fit(x, y)
    assert search.best_params_["steps"] in (5, 10)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.slow
def test_processes_share_a_gpu():
    """TensorFlow reads this when it first looks for GPUs."""
    child = "import os, ssgan.support.quiet as q; q.import_tensorflow(); "
    child += "print(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'])"
    environment = {k: v for k, v in os.environ.items() if "ALLOW_GROWTH" not in k}
    done = subprocess.run(
        [sys.executable, "-c", child], env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["true"], done.stderr
