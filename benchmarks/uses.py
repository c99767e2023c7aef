"""What a generator and its features are good for, each against doing without.

    python benchmarks/uses.py digits mnist cifar10   # run what is missing, show all
    python benchmarks/uses.py digits --show          # what is recorded

Examples: a support vector machine (scikit-learn, RBF kernel) learns from the labels
alone, and from them and as many generated examples as --generated says. These have the
class that they were made for (recipe mnist-samples, trained with the same labels), or
the one that the trained classifier sees in them ("pseudo-labeled"). Beside it stand as
many real unlabeled examples, labeled by the same classifier; and that classifier.

Features: a logistic regression learns from the same labels, on standardized pixels, and
on features of the last hidden layer of a discriminator: untrained, and trained in a
game without any label (the networks of the default recipe). "All layers" is the
protocol of Radford et al. 2016, section 5.1, arXiv:1511.06434: the maps of all
convolutions of the same discriminators, the maximum in each cell of a 4 x 4 grid, and a
linear support vector machine.

Errors are on the test images. Rows are appended to results/uses the moment they exist,
and what has a row is not repeated. The table has the rows of the steps and generated
examples that were asked for. Settings were not chosen by these errors: the number of
steps is what takes seconds (digits) or minutes, and the classifiers are scikit-learn's
with their defaults. For CIFAR-10 there are features alone: no recipe makes samples of
it in minutes.
"""

import dataclasses
import functools
import time

import keras
import numpy as np
from engine import RESULTS, last_form, parser, per_cent, table
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from ssgan import SSGANClassifier, label_split, load
from ssgan.evaluation.result_rows import ResultRows
from ssgan.nn import WeightNormalization
from ssgan.recipes import IMAGES, MNIST_SAMPLES
from ssgan.support.provenance import environment, fingerprint
from ssgan.training.parts import recipe_numbers

OUT = RESULTS / "uses"
SOURCES = {"digits": "digits", "mnist": "tfds:mnist", "cifar10": "tfds:cifar10"}
LABELS = {"digits": 50, "mnist": 100, "cifar10": 1000}
STEPS = {"digits": 600, "mnist": 1000, "cifar10": 1000}
WITHOUT_LABELS = dataclasses.replace(
    IMAGES.without_term("PseudoLabels"),
    name="without-labels",
    supervised_weight=0.0,
    spread_steps=0,
)
# Steps in one call of the compiled step, which is the least: the network is untrained.
FEWEST = 10
GRID = 4


def as_rows(x):
    """Return examples as rows of numbers."""
    return x.reshape(len(x), -1).astype("float32")


def of_all_layers(classifier):
    """Return a function from images to the pooled maps of all convolutions, as rows."""
    model = classifier.model_
    network = model.classifier
    convolutions = [
        layer.output
        for layer in network.layers
        if isinstance(layer, WeightNormalization) and len(layer.output.shape) == 4
    ]
    maps_of = keras.Model(network.input, convolutions)

    def transform(x):
        def rows_of(batch):
            images = batch.reshape(-1, *network.input_shape[1:])
            maps = maps_of(model.preprocessor(images), training=False)
            pooled = [in_cells(in_cells(np.array(each), 1), 2) for each in maps]
            return np.concatenate([as_rows(each) for each in pooled], axis=1)

        return np.concatenate([rows_of(x[i : i + 500]) for i in range(0, len(x), 500)])

    return transform


def in_cells(maps, axis):
    """Return the maximum in each of 4 cells along an axis; they overlap if need be.

    Keras has a layer for this from 3.13 on. Python 3.10 has 3.12.
    """
    size = maps.shape[axis]
    cells = [range(i * size // GRID, -(-(i + 1) * size // GRID)) for i in range(GRID)]
    return np.stack([maps.take(cell, axis).max(axis) for cell in cells], axis)


class Split:
    """The labels of one seed, and what is learned from them."""

    def __init__(self, data, n_labels, seed, steps, n_generated):
        self.data, self.seed, self.steps = data, seed, steps
        self.n_generated = n_generated
        self.split = label_split(data.y_train, n_labels, seed=seed, name=data.name)
        self.x = data.x_train[self.split.indices]
        self.y = data.y_train[self.split.indices]

    def fit(self, recipe, labels):
        """Train a recipe on all images, of which some have labels."""
        classifier = SSGANClassifier(recipe, random_state=self.seed)
        return classifier.fit(self.data.x_train, labels)

    def error(self, classifier, x, y, transform=as_rows):
        """Return the test error of a scikit-learn classifier that is fitted here."""
        classifier.fit(transform(x), y)
        return 1 - classifier.score(transform(self.data.x_test), self.data.y_test)

    def examples(self):
        """Yield the errors with and without generated examples, by name."""

        def machine(*more):
            x = np.concatenate([self.x, *(x for x, _ in more)])
            y = np.concatenate([self.y, *(y for _, y in more)])
            return self.error(make_pipeline(StandardScaler(), SVC()), x, y)

        yield "examples: labels alone", machine()
        recipe = MNIST_SAMPLES.with_steps(self.steps)
        game = self.fit(recipe, self.split.apply(self.data.y_train))
        n, classes = self.n_generated, game.classes_
        made = game.sample(n, self.seed, classes=classes)
        asked = classes[np.arange(n) % len(classes)]
        yield "examples: and generated, by class", machine((made, asked))
        seen = game.predict(made)
        yield "examples: and generated, pseudo-labeled", machine((made, seen))
        some = np.random.default_rng(self.seed).permutation(len(self.data.x_train))[:n]
        real = self.data.x_train[some]
        yield "examples: and real, pseudo-labeled", machine((real, game.predict(real)))
        score = game.score(self.data.x_test, self.data.y_test)
        yield "examples: the game's own classifier", 1 - score

    @functools.cached_property
    def without_labels(self):
        """Classifiers by name. There must be labels, but their loss has the weight 0.

        The first has as few steps as can be.
        """
        steps = {"an untrained network": FEWEST, "a game without labels": self.steps}
        labels = self.split.apply(self.data.y_train)
        return {
            name: self.fit(WITHOUT_LABELS.with_steps(n), labels)
            for name, n in steps.items()
        }

    def features(self):
        """Yield the errors of a small classifier on pixels and on features, by name."""

        def regression(transform):
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            return self.error(model, self.x, self.y, transform)

        yield "features: pixels", regression(as_rows)
        for name, game in self.without_labels.items():
            yield f"features: {name}", regression(game.transform)

    def all_layers(self):
        """Yield the errors by Radford et al.'s protocol, by name."""

        def machine(transform):
            model = make_pipeline(StandardScaler(), LinearSVC(random_state=self.seed))
            return self.error(model, self.x, self.y, transform)

        yield "all layers: pixels", machine(as_rows)
        for name, game in self.without_labels.items():
            yield f"all layers: {name}", machine(of_all_layers(game))


METHODS = (
    "examples: labels alone",
    "examples: and generated, by class",
    "examples: and generated, pseudo-labeled",
    "examples: and real, pseudo-labeled",
    "examples: the game's own classifier",
    "features: pixels",
    "features: an untrained network",
    "features: a game without labels",
    "all layers: pixels",
    "all layers: an untrained network",
    "all layers: a game without labels",
)


def run(split, rows):
    """Measure one split, unless it is recorded; append its rows."""
    recipes = [
        recipe_numbers(recipe.with_steps(split.steps))
        for recipe in (MNIST_SAMPLES, WITHOUT_LABELS)
    ]
    plan = {
        "dataset": split.data.name,
        "split": split.split.name,
        "seed": split.seed,
        "weights_seed": split.seed,
        "fingerprint": fingerprint([*recipes, split.n_generated]),
        "n_labels": len(split.y),
        "n_test": len(split.data.y_test),
    }
    uses = {
        "examples": split.examples,
        "features": split.features,
        "all layers": split.all_layers,
    }
    if split.data.name == "cifar10":
        del uses["examples"]
    for use, errors in uses.items():
        names = [name for name in METHODS if name.startswith(use)]
        if all(rows.find(plan | {"method": name}) for name in names):
            continue
        start = time.perf_counter()
        for name, error in errors():
            row = {
                **plan,
                "method": name,
                "steps": split.steps,
                "n_generated": split.n_generated,
                "recipes": recipes,
                "error": float(error),
                # Since the first of these methods began.
                "seconds": round(time.perf_counter() - start, 2),
                **environment(),
            }
            rows.add(row)
            shown = f"{split.data.name}, seed {split.seed}, {name}"
            print(f"{shown}: {100 * error:.2f} %", flush=True)


def show(rows):
    """Print the errors of the last form of each set, and what each use changes."""
    rows = last_form(rows, lambda row: row["dataset"])
    last = {(r["dataset"], r["method"], r["seed"]): r for r in rows}
    datasets = list(dict.fromkeys(row["dataset"] for row in rows))
    lines = []
    for method in METHODS:
        line = [method]
        for dataset in datasets:
            own, first = (
                {
                    seed: row["error"]
                    for (name, kind, seed), row in last.items()
                    if (name, kind) == (dataset, each)
                }
                for each in (method, first_of(method))
            )
            gaps = [own[seed] - first[seed] for seed in own if seed in first]
            line.append(f"{per_cent(own.values())} (n = {len(own)})" if own else "")
            is_first = method == first_of(method)
            line.append("-" if is_first or not gaps else per_cent(gaps, "+"))
        lines.append(line)
    head = [""]
    for dataset in datasets:
        head += [f"{dataset}, error, %", "than without"]
    print(table(head, lines))


def first_of(method):
    """Return what a method is compared with: doing without."""
    use = method.partition(":")[0]
    return next(name for name in METHODS if name.startswith(use))


def main(arguments=None):
    """Run what is missing, and show all that is recorded."""
    options = parser(__doc__, ())
    add = options.add_argument
    add("datasets", nargs="+", choices=SOURCES)
    add("--splits", type=int, default=5, help="label splits (default 5)")
    add("--steps", type=int, help="of each game (default 600 or 1000)")
    add("--generated", type=int, default=2000, help="generated examples (default 2000)")
    add("--show", action="store_true", help="run nothing")
    add("--out", default=OUT, help="folder for the rows (default: results/uses)")
    options = options.parse_args(arguments)
    rows = ResultRows(options.out)
    for name in () if options.show else options.datasets:
        data = load(SOURCES[name])
        steps = options.steps or STEPS[name]
        for seed in range(options.splits):
            run(Split(data, LABELS[name], seed, steps, options.generated), rows)
    asked = {name: options.steps or STEPS[name] for name in options.datasets}
    same = [row for row in rows.rows if row["n_generated"] == options.generated]
    show([row for row in same if row["steps"] == asked.get(row["dataset"])])


if __name__ == "__main__":
    main()
