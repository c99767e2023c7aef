"""Features that were learned on some classes, for others.

    python benchmarks/embeddings.py           # run what is missing, and show all
    python benchmarks/embeddings.py --show    # what is recorded

The discriminator of the default recipe learns the digits 0 to 4 of MNIST, from 10
labels of each and from all other training images of them, for 1,000 steps. The features
of its last hidden layer are those of the digits 5 to 9 then, which it has never seen:
`ssgan embed --backbone`. A logistic regression, with what it leaves open chosen by
cross-validation over the labels, and the recipe vectors learn the digits 5 to 9 from 25
or 50 labels, on these features, on pixels as columns, and on the features of the same
network after 10 steps, which is as good as untrained.

Errors are on the test images of the digits 5 to 9. Every split has labels, weights and
a network of its own; no setting was chosen by these errors. Rows are appended to
results/embeddings the moment they exist, and what has a row is not repeated. Trained
networks and their features stay in ssgan-runs/embeddings.
"""

import dataclasses

import numpy as np
from engine import RESULTS, last_form, parser, per_cent, run_grid, table

from ssgan import label_split, load
from ssgan.data.examples import Data
from ssgan.estimator.backbones import load_backbone
from ssgan.estimator.embeddings import embed_data
from ssgan.evaluation.baselines import numbers
from ssgan.evaluation.result_rows import ResultRows
from ssgan.recipes import VECTORS, resolve
from ssgan.support.provenance import fingerprint
from ssgan.train_to_folder import train_to_folder
from ssgan.training.parts import recipe_numbers
from ssgan.training.progress import Progress, track

OUT = RESULTS / "embeddings"
LABELS, SPLITS = (25, 50), 3
# Of the digits 0 to 4.
N_LEARNED = 50
# Training steps of the networks, by what their features are called. Ten is the least.
NETWORKS = {"untrained": 10, "trained": 1000}
# The methods, and what is in the fingerprints of their rows.
METHODS = {
    "logistic-regression": numbers("logistic-regression", images=False),
    "ssgan": recipe_numbers(VECTORS),
}


def half(data, classes, name):
    """Return the examples of some classes of a data set."""
    parts = []
    for part in ("train", "test"):
        y = getattr(data, f"y_{part}")
        kept = np.isin(y, classes)
        parts += [getattr(data, f"x_{part}")[kept], y[kept]]
    return Data(name, *parts)


def names_of(data):
    """Return what the digits 5 to 9 are called in each form, a dict.

    Features are named after all numbers of the recipe that learned them. Those of
    earlier rows are not.
    """
    names = {"pixels": f"{data.name}-5-to-9-pixels"}
    for form, steps in NETWORKS.items():
        recipe = resolve("auto", steps, shape=data.x_train.shape[1:])
        learned = fingerprint([recipe_numbers(recipe), N_LEARNED])
        names[form] = f"{data.name}-5-to-9-{form}-{learned}"
    return names


def forms(data, names, seed, folder):
    """Yield the digits 5 to 9 as pixels, and as features of each network.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    names : dict of str
        See `names_of`.
    seed : int
    folder : pathlib.Path
        Where networks and features are kept.
    """
    learned = half(data, range(5), f"{data.name}-0-to-4")
    others = half(data, range(5, 10), names["pixels"])
    pixels = [
        x.reshape(len(x), -1).astype("float32") for x in (others.x_train, others.x_test)
    ]
    yield dataclasses.replace(others, x_train=pixels[0], x_test=pixels[1])
    split = label_split(learned.y_train, N_LEARNED, seed=seed, name=learned.name)
    for name, steps in NETWORKS.items():
        out = folder / f"{names[name]}-{seed}"
        train_to_folder(
            out, learned, split, steps=steps, resume=True, progress=Progress
        )
        backbone = load_backbone(out)
        named = dataclasses.replace(others, name=names[name])
        path = out / "features.npz"
        yield embed_data(named, backbone, path, lambda b: track(b, "features")).data


def run(data, options):
    """Measure what has no row yet."""
    keys = ("dataset", "n_labels", "method", "fingerprint", "seed")
    recorded = ResultRows(options.out).rows
    done = {tuple(row[key] for key in keys) for row in recorded}
    n_labels, names = options.labels or LABELS, names_of(data)
    wanted = {
        (name, n, method, fingerprint(own))
        for name in names.values()
        for n in n_labels
        for method, own in METHODS.items()
    }
    for seed in range(options.splits or SPLITS):
        if all((*run, seed) in done for run in wanted):
            continue
        options.splits = 1
        for form in forms(data, names, seed, options.checkpoints / "embeddings"):
            run_grid(
                form,
                {"vectors": VECTORS},
                n_labels,
                options,
                first_seed=seed,
                methods=METHODS,
                out=options.out,
            )


def markdown(rows):
    """Return a table of test errors, with a line for each number of labels.

    In each place are the rows of the last form of the method and the features.
    """

    def place(row):
        method = row["recipe"] or row["method"].replace("-", " ")
        form = row["dataset"].partition("-5-to-9-")[2].partition("-")[0]
        return row["n_labels"], method, form

    features = {place(row): row["dataset"] for row in rows}
    rows = [row for row in rows if row["dataset"] == features[place(row)]]
    errors = {}
    for row in last_form(rows, place):
        *line, form = place(row)
        by_form = errors.setdefault(tuple(line), {})
        by_form.setdefault(form, {})[row["seed"]] = row["error"]
    names = ["pixels", *NETWORKS]
    lines = []
    for (n_labels, method), by_form in sorted(errors.items()):
        cells = [
            f"{per_cent(by_form[name].values())} (n = {len(by_form[name])})"
            if name in by_form
            else ""
            for name in names
        ]
        lines.append([n_labels, method, *cells])
    return table(["labels", "error, %, of", *names], lines)


def main(arguments=None):
    """Run what is missing, and show all that is recorded."""
    heeded = ("--labels", "--splits", "--jobs", "--out", "--checkpoints")
    options = parser(__doc__, heeded)
    options.set_defaults(out=OUT, precision="float32")
    options.add_argument(
        "--source",
        choices=("digits", "tfds:mnist"),
        default="tfds:mnist",
        help="(default tfds:mnist)",
    )
    options.add_argument("--show", action="store_true", help="run nothing")
    options = options.parse_args(arguments)
    if not options.show:
        run(load(options.source), options)
    name = options.source.removeprefix("tfds:")
    rows = ResultRows(options.out).rows
    print(markdown([row for row in rows if row["dataset"].startswith(f"{name}-")]))


if __name__ == "__main__":
    main()
