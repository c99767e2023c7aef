"""Time a step for more and more unlabeled examples, and measure memory.

    python benchmarks/growth.py

For the default image recipe, with the examples in an array, and as a stream that makes
them when they are asked for. One row a case is appended to results/speed.jsonl.
"""

import statistics
from pathlib import Path

import tensorflow as tf
from engine import RESULTS, parser
from timing import CLASSES, Examples, peak_memory, time_fit, write_row

from ssgan import recipes
from ssgan.recipes.recipe import STEPS_PER_CALL
from ssgan.training.build import build

GROWTH = (10_000, 100_000, 1_000_000)


def measure_growth(rounds, seconds):
    """Yield a row for each number of unlabeled examples, streamed and in an array."""
    recipe, shape = recipes.IMAGES, (28, 28, 1)
    model = build(recipe, Examples(shape).unlabeled, CLASSES)

    def make(i):
        # Another image for each number; none is kept.
        image = tf.random.stateless_uniform(shape, (0, i), 0, 256, "int32")
        return tf.cast(image, "uint8")

    # The arrays last: peak memory does not fall.
    for streamed in (True, False):
        for n in GROWTH:
            examples = Examples(shape, unlabeled=1 if streamed else n)
            if streamed:
                numbers = tf.data.Dataset.range(n, output_type="int32")
                examples.unlabeled = numbers.map(
                    make, num_parallel_calls=tf.data.AUTOTUNE
                )
            steps = 3 * STEPS_PER_CALL
            steps = max(
                steps, round(seconds / time_fit(model, recipe, examples, steps))
            )
            before = peak_memory()
            times = [time_fit(model, recipe, examples, steps) for _ in range(rounds)]
            yield {
                "case": "growth",
                "streamed": streamed,
                "unlabeled": n,
                "drawn": rounds * steps * recipe.unlabeled_size,
                "fit_ms": 1000 * statistics.median(times),
                "peak_before_mib": before,
                "peak_mib": peak_memory(),
            }


def main():
    """Measure, and write the rows."""
    options = parser(__doc__, ())
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=2.0, help="of each round")
    options.add_argument("--out", type=Path, default=RESULTS / "speed.jsonl")
    options = options.parse_args()
    for row in measure_growth(options.rounds, options.seconds):
        write_row(row, options.out)


if __name__ == "__main__":
    main()
