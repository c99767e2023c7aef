"""What each technique does to samples: Table 3 of Salimans et al. 2016, and our own.

    python benchmarks/samples.py mnist --time                # how long it takes
    python benchmarks/samples.py mnist --judge judge         # run what is missing
    python benchmarks/samples.py mnist --show                # what is recorded
    python benchmarks/samples.py cifar10 --published --judge inception    # on a GPU

A generator without classes is trained with all techniques of the paper, and with one of
them left out or replaced. A judge (see `ssgan score-samples`) scores its samples, and
the real test images: the ceiling. "feature matching" is no line of the paper's table:
there the generator matches features, and the discriminator has no minibatch features,
as in the papers' recipes for classification.

By default it is the small network of the recipe mnist-samples, for two cores.
--published has the networks, steps and numbers of samples of the paper for CIFAR-10,
from the recipe cifar10-samples. Each run appends a row to
results/samples-NAME/rows.jsonl the moment it ends. A recorded run is not repeated, and
an interrupted one continues from its checkpoint. The table shows runs of the steps and
samples that were asked for, by one judge: the one named, or that of the last run.
"""

import contextlib
import dataclasses
import shutil
import time
import warnings
from pathlib import Path

import numpy as np
from engine import RESULTS, cell, last_form, parser, save_figure, table
from published import REAL_IMAGES as REAL
from published import SAMPLES
from settings import samples, samples_base
from timing import seconds_a_run

from ssgan import SSGANClassifier, label_split, load
from ssgan.evaluation.evaluate import evaluate
from ssgan.evaluation.judges import ClassifierJudge, InceptionJudge
from ssgan.evaluation.result_rows import ResultRows
from ssgan.evaluation.score_samples import score_samples
from ssgan.support.provenance import checksum, environment, fingerprint
from ssgan.training.parts import recipe_numbers
from ssgan.training.progress import Progress
from ssgan.training.training_log import member_stem, read_log

# Real training images that samples are compared with; samples that are scored.
REFERENCE, SCORED, SCORED_BY_THE_PAPER = 5000, 5000, 50_000


class Ablation:
    """One data set, its judge and the folder of its rows."""

    def __init__(self, options):
        self.options = options
        self.data = load(f"tfds:{options.dataset}")
        x, y = self.data.x_train, self.data.y_train
        some = np.random.default_rng(0).permutation(len(x))[:REFERENCE]
        self.judged = dataclasses.replace(self.data, x_train=x[some], y_train=y[some])
        self.key = checksum(x, y, self.data.x_test, self.data.y_test)
        if options.judge == "inception":
            self.judge, self.judge_key = InceptionJudge((0, 255)), "inception"
        else:
            self.judge = ClassifierJudge(options.judge)
            weights = self.judge.classifier.model_.get_weights()
            self.judge_key = checksum(*weights)

    def run(self, name, recipe, seed, rows):
        """Train a setting from a seed and score its samples, unless there is a row."""
        options, data = self.options, self.data
        y, n_labels = data.y_train, len(data.y_train)
        if options.labels:
            split = label_split(y, options.labels, seed=seed, name=data.name)
            y, n_labels = split.apply(y), options.labels
        numbers = recipe_numbers(recipe)
        plan = {
            "dataset": data.name,
            "data": self.key,
            "split": f"{data.name}@{n_labels}",
            "seed": seed,
            "method": name,
            "recipe": recipe.name,
            "steps": recipe.steps,
            "recipe_numbers": numbers,
            "fingerprint": fingerprint([numbers, self.judge_key, options.samples]),
            "n_labels": n_labels,
            "weights_seed": seed,
            "n_test": len(data.y_test),
        }
        if rows.find(plan):
            return
        folder = options.checkpoints / f"{data.name}-{seed}-{plan['fingerprint']}"
        log = read_log(member_stem(folder, 0))
        start = time.perf_counter() - (log[-1]["seconds"] if log else 0)
        shown = Progress(f"{data.name}, seed {seed}, {name}")
        with contextlib.closing(shown), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="No unlabeled examples")
            classifier = SSGANClassifier(recipe, random_state=seed, callbacks=[shown])
            classifier.fit(data.x_train, y, checkpoints=folder)
        seconds = time.perf_counter() - start
        scores = score_samples(
            classifier, self.judged, self.judge, options.samples, seed
        )
        rows.add(
            {
                **plan,
                "error": evaluate(classifier, data).error,
                "scores": scores.as_dict(),
                "judge_key": self.judge_key,
                "seconds": round(seconds, 2),
                "resumed_from_step": shown.first_step or 0,
                "restarts": classifier.model_.info.get("restarts", 0),
                **environment(),
            }
        )
        shutil.rmtree(folder, ignore_errors=True)


def asked_for(rows, steps, n_samples, judge=None):
    """Return the rows that can stand in one table: of some steps, and of one judge.

    Parameters
    ----------
    rows : list of dict
    steps, n_samples : int
        Training steps, and samples that were scored.
    judge : str or None
        The judge's folder. Of several by that name, or of all, the last one counts.
    """

    def fits(row):
        scores = row["scores"]
        by = judge is None or Path(judge).name == Path(scores["judge"]).name
        return by and (row["steps"], scores["n_generated"]) == (steps, n_samples)

    rows = [row for row in rows if fits(row)]
    return [row for row in rows if row["judge_key"] == rows[-1]["judge_key"]]


def latest(rows):
    """Return the rows of the last form of each setting, the last one of each seed.

    They are lists by setting, a dict.
    """
    rows = last_form(rows, lambda row: row["method"])
    last = {(row["method"], row["seed"]): row for row in rows}
    found = {}
    for (name, _), row in last.items():
        found.setdefault(name, []).append(row)
    return found


def measured(rows, measure="score", part="generated"):
    """Return a measure of the samples of each row, a list."""
    return [row["scores"][part][measure]["value"] for row in rows]


def markdown(found):
    """Return the table: a line for each setting, and the ceiling."""
    runs = [row for rows in found.values() for row in rows]
    judged = runs[0]["scores"]
    # The folder of a judge may be anywhere; its name is enough.
    name = judged["score_name"].replace(judged["judge"], Path(judged["judge"]).name)
    head = ["setting", "Inception score (published)", name]
    head += ["of real, %", "coverage, %", "test error, %", "runs", "minutes"]
    published = {name: f"{mean} ± {std}" for name, (mean, std) in SAMPLES.items()}
    # The real images are the same in all runs, up to their order.
    ceiling = cell(measured(runs[:1], part="real"))
    lines = [["real images", f"{REAL}", ceiling, "100", "", "", "", ""]]
    for name in dict.fromkeys([*SAMPLES, *found]):
        line = [name, published.get(name, "-")]
        if rows := found.get(name):
            line += [
                cell(measured(rows)),
                cell([100 * share for share in shares(rows)], 0),
                cell([100 * share for share in measured(rows, "coverage")], 1),
                cell([100 * row["error"] for row in rows], 1),
                len(rows),
                f"{np.mean([row['seconds'] for row in rows]) / 60:.1f}",
            ]
        else:
            line += ["not run", *5 * [""]]
        lines.append(line)
    return table(head, lines)


def shares(rows):
    """Return the score of each run as a share of that of the real images, a list."""
    pairs = zip(measured(rows), measured(rows, part="real"), strict=True)
    return [own / real for own, real in pairs]


def verdict(found):
    """Return a sentence on whether our order of the settings is the published one."""
    from scipy.stats import kendalltau

    both = [name for name in SAMPLES if name in found]
    ours = {name: np.mean(measured(found[name])) for name in both}
    order = " > ".join(sorted(both, key=ours.get, reverse=True))
    said = f"By score: {order}."
    if len(both) > 2:
        tau = kendalltau([SAMPLES[name][0] for name in both], [*ours.values()])
        said += (
            f" Rank correlation with the published order (Kendall): {tau.statistic:.2f}"
            f", p = {tau.pvalue:.2f}."
        )
    return said


def draw(found, title, path):
    """Draw the score of each run as a share of real, beside the published share."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    names = list(dict.fromkeys([*SAMPLES, *found]))
    for place, name in enumerate(names):
        if name in SAMPLES:
            label = "published, CIFAR-10, Inception" if place == 0 else None
            share = 100 * SAMPLES[name][0] / REAL
            axes.plot(share, place, "|", color="0.5", ms=16, mew=2, label=label)
        if name in found:
            values = [100 * share for share in shares(found[name])]
            label = "ours, a dot for each seed" if place == 0 else None
            axes.plot(values, [place] * len(values), "o", color="C0", label=label)
    axes.axvline(100, color="0.8", lw=0.8, zorder=0)
    axes.set(xlabel="score, % of that of real images", title=title)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    save_figure(figure, path)


def show(rows, title, out):
    """Print the table and the verdict of rows of one form, and draw the figure."""
    if not rows:
        print("No run is recorded.")
        return
    found = latest(rows)
    print(markdown(found))
    print()
    print(verdict(found))
    draw(found, title, out / "figure.svg")


def main(arguments=None):
    """Run what the command line asks for, then show all that is recorded."""
    options = parser(__doc__, ())
    add = options.add_argument
    add("dataset", choices=("mnist", "cifar10"))
    add("--judge", help="a folder that ssgan fit wrote, or inception")
    add("--seeds", type=int, default=2, help="runs of each setting (default 2)")
    add("--settings", nargs="+", help="default: all")
    add("--labels", type=int, help="labels to keep (default: all)")
    add("--steps", type=int, help="training steps (default: those of the recipe)")
    add("--published", action="store_true", help="the size of the paper")
    add("--samples", type=int, help="samples to score (default 5000; published 50,000)")
    add("--show", action="store_true", help="run nothing")
    add("--time", action="store_true", help="say how long it takes")
    add("--out", type=Path, help="folder for the rows (default: below results/)")
    add("--checkpoints", type=Path, default=Path("ssgan-runs"))
    options = options.parse_args(arguments)
    if (options.steps or options.samples) and not (options.out or options.time):
        raise SystemExit(
            "--steps and --samples draw another figure: give them an --out"
        )

    name = f"samples-{options.dataset}"
    name += f"-{options.labels}" if options.labels else ""
    name += "-published" if options.published else ""
    out = options.out or RESULTS / name
    recipe = samples_base(published=options.published)
    recipe = recipe.with_steps(options.steps) if options.steps else recipe
    chosen = samples(recipe)
    chosen = {key: chosen[key] for key in options.settings or chosen}
    options.samples = options.samples or (
        SCORED_BY_THE_PAPER if options.published else SCORED
    )
    if options.time:
        data = load(f"tfds:{options.dataset}")
        seconds = {key: seconds_a_run(each, data) for key, each in chosen.items()}
        for key, each in seconds.items():
            print(f"{key}: {each / 3600:.2f} hours a run")
        hours = options.seeds * sum(seconds.values()) / 3600
        print(f"{options.seeds} seeds: {hours:.1f} hours, without the scores")
        return
    rows = ResultRows(out)
    if not options.show:
        if options.judge is None:
            raise SystemExit("--judge FOLDER or --judge inception is needed")
        ablation = Ablation(options)
        for seed in range(options.seeds):
            for key, each in chosen.items():
                ablation.run(key, each, seed, rows)
    asked = asked_for(rows.rows, recipe.steps, options.samples, options.judge)
    show(asked, f"{options.dataset}, {recipe.steps:,} steps", out)


if __name__ == "__main__":
    main()
