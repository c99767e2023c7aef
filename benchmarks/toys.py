"""The papers' small experiments: techniques at work, in seconds a game.

    python benchmarks/toys.py                   # lists them
    python benchmarks/toys.py ring --seeds 10

Each draws a figure, results/toys-NAME.png, and prints a line of numbers for each
setting: mean and standard deviation over the seeds. The seeds are from 10 on; with
earlier ones the numbers of the settings were looked for.
"""

import inspect
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from engine import RESULTS, mean_and_std, parser
from matplotlib.figure import Figure
from toy_games import COLLAPSE, DIGITS, MODES, RINGS, Judge, Player, covered, ring

from ssgan.nn.terms import HistoricalAveraging
from ssgan.support.files import atomic_write

SNAPSHOTS = 5
SAMPLES = 2000
FIRST_SEED = 10


def historical_averaging(options):
    """Gradient descent orbits the equilibrium of a game; averaging reaches it.

    One player holds x, the other y, and x minimizes (f(x) - 1)(y - 1), which y
    maximizes, with f(x) = x below 0 and x^2 above. The equilibrium is x = y = 1.
    Salimans et al. 2016, section 3.3.
    """
    figure, axes = panels(1, 2, 3.2)
    steps = options.steps or 10_000
    weights = {"descent alone": 0.0, "historical averaging": 0.2}
    for axis, (name, weight) in zip(axes[0], weights.items(), strict=True):
        path = two_numbers(weight, steps, seeds(options))
        distance = np.linalg.norm(path - 1, axis=-1)
        report(name, {"distance at the start": distance[0], "at the end": distance[-1]})
        for i in range(min(3, options.seeds)):
            axis.plot(*path[:, i].T, linewidth=0.7)
        axis.plot(1, 1, "k+", markersize=12)
        axis.set(title=name, xlabel="x", ylabel="y", xlim=(-1.5, 3), ylim=(-1, 3))
    return figure


class Number(keras.layers.Layer):
    """A player of one number, for every game of a batch."""

    def __init__(self, start):
        super().__init__()
        self.number = self.add_weight(shape=start.shape)
        self.number.assign(start)


class TwoNumbers(keras.Model):
    """Players of one number each, for every game of a batch."""

    def __init__(self, starts):
        super().__init__()
        self.generator, self.discriminator = map(Number, starts.T)
        self.steps_done = self.add_weight(shape=(), dtype="int32", initializer="zeros")


def two_numbers(weight, steps, seeds, rate=0.01):
    """Return the path of each game, of shape (steps + 1, n, 2)."""
    starts = np.stack([np.random.default_rng(s).uniform(0.2, 1.8, 2) for s in seeds])
    model = TwoNumbers(starts)
    players = {"generator": 1.0, "discriminator": -1.0}  # Of the value, minimized.
    terms = {player: HistoricalAveraging(player=player) for player in players}
    for term in terms.values():
        term.build(model)
    numbers = {player: getattr(model, player).number for player in players}

    @tf.function
    def run():
        path = tf.TensorArray("float32", steps)
        for i in tf.range(steps):
            for player, sign in players.items():
                with tf.GradientTape() as tape:
                    x, y = map(tf.convert_to_tensor, numbers.values())
                    value = (tf.where(x < 0, x, x**2) - 1) * (y - 1)
                    loss = sign * tf.reduce_sum(value)
                    loss += weight * terms[player](model, None)
                number = numbers[player]
                number.assign_sub(rate * tape.gradient(loss, number.value))
            model.steps_done.assign_add(1)
            path = path.write(i, tf.stack([*map(tf.identity, numbers.values())], -1))
        return path.stack()

    return np.concatenate([starts[None], run().numpy()])


def ring_of_gaussians(options):
    """A ring from a one-dimensional latent: the regularized game covers its modes.

    Roth et al. 2017, section 4, with eight Gaussians.
    """
    return rings(options, RINGS, SNAPSHOTS)


def mode_collapse(options):
    """The ring from a two-dimensional latent: mode collapse, and each cure alone."""
    return rings(options, COLLAPSE, 1)


def rings(options, settings, parts):
    """Play each setting from each seed; draw the games of the first seed."""
    x = ring(10_000, 0)
    if parts > 1:
        figure, axes = panels(len(settings), parts)
    else:
        figure, axes = panels(-(-len(settings) // 4), 4)
        axes = axes.reshape(-1, 1)
    for row, (name, recipe) in zip(axes, settings.items(), strict=True):
        player = Player(with_steps(recipe, options), x, np.zeros(len(x), int), 1)
        modes = []
        for seed in seeds(options):
            for i, model in enumerate(player.play(seed, parts)):
                samples = model.sample(SAMPLES, seed=1).numpy()
                if seed == FIRST_SEED:
                    draw_ring(row[i], x[:500], samples)
                    steps = recipe.steps * (i + 1) // parts
                    title = f"{steps} steps" if parts > 1 else name
                    row[i].set_title(title, fontsize=8)
            modes.append(covered(samples))
        if parts > 1:
            row[0].set_ylabel(name, fontsize=8)
        whole = f"all in {modes.count(MODES)} of {len(modes)} games"
        report(name, {f"modes of {MODES}": modes}, whole)
    return figure


def labels(options):
    """Labels improve the samples of the digits, also of the same game without them.

    Salimans et al. 2016, section 5.1.
    """
    judge = Judge()
    x, y, test = judge.data.x_train[..., None], judge.data.y_train, judge.data.x_test
    figure, axes = panels(1, len(DIGITS), 2.4)
    error = f"error of the judge {100 * judge.error:.1f} %"
    report("real test images", {"score": [judge.score(test)]}, error)
    for axis, (name, recipe) in zip(axes[0], DIGITS.items(), strict=True):
        player = Player(with_steps(recipe, options), x, y, 10)
        scores = []
        for seed in seeds(options):
            [model] = player.play(seed)
            samples = model.sample(len(test), seed=1).numpy()
            scores.append(judge.score(samples))
            if seed == FIRST_SEED:
                # A margin of a pixel around each: digits are as high as their images.
                framed = np.pad(samples[:64, ..., 0], ((0, 0), (1, 1), (1, 1)))
                grid = framed.reshape(8, 8, 10, 10).transpose(0, 2, 1, 3)
                axis.imshow(grid.reshape(80, 80), cmap="gray_r", vmin=0, vmax=16)
                axis.set(xticks=[], yticks=[])
                axis.set_title(name, fontsize=8)
        report(name, {"score": scores})
    return figure


def seeds(options):
    """Return the seeds of the games that are asked for."""
    return range(FIRST_SEED, FIRST_SEED + options.seeds)


def with_steps(recipe, options):
    """Return a recipe of as many steps as are asked for."""
    return recipe.with_steps(options.steps) if options.steps else recipe


def report(name, values, more=""):
    """Print a line of numbers: mean and standard deviation of each list."""
    parts = []
    for what, numbers in values.items():
        mean, std = mean_and_std([float(number) for number in numbers])
        spread = "" if std is None else f" ± {std:.3g} (n = {len(numbers)})"
        parts.append(f"{what} {mean:.3g}{spread}")
    print(f"{name}: {', '.join([*parts, more] if more else parts)}", flush=True)


def panels(rows, columns, size=1.6):
    """Return a figure and its axes, an array of shape (rows, columns)."""
    figure = Figure(figsize=(size * columns, size * rows + 0.2), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.ravel():
        axis.tick_params(labelsize=6)
    return figure, axes


def draw_ring(axis, real, samples):
    """Draw real examples in gray, and samples in red."""
    axis.scatter(*real.T, s=1, color="lightgray")
    axis.scatter(*samples[:500].T, s=1, color="tab:red")
    axis.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal", xticks=[], yticks=[])


TOYS = {
    "historical-averaging": historical_averaging,
    "ring": ring_of_gaussians,
    "collapse": mode_collapse,
    "labels": labels,
}


def main(arguments=None):
    """Run the toy that is asked for."""
    options = parser(__doc__, ())
    add = options.add_argument
    add("name", nargs="?", choices=TOYS)
    add("--seeds", type=int, default=10, help="games of each setting (default 10)")
    add("--steps", type=int, help="training steps, a multiple of 10")
    add("--out", type=Path, default=RESULTS, help="folder for the figure")
    options = options.parse_args(arguments)
    if options.name is None:
        for name, toy in TOYS.items():
            print(f"{name}: {inspect.getdoc(toy).splitlines()[0]}")
        return
    figure = TOYS[options.name](options)
    with atomic_write(options.out / f"toys-{options.name}.png") as temporary:
        figure.savefig(temporary, format="png", dpi=150)


if __name__ == "__main__":
    main()
