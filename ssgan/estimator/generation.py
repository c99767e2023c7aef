"""What a fitted classifier does with its generator."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ssgan.data.labels import read_labels
from ssgan.errors import as_input_error, expect, expect_whole
from ssgan.estimator.validation import check_finite, codes_of, random_numbers
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.support.forked import expect_not_forked

# Examples to generate at a time.
SAMPLED = 1000


class GeneratorMixin:
    """Generate examples; for estimators with the attributes of `SSGANClassifier`."""

    def sample(self, n, random_state=None, *, classes=None):
        """Generate n examples, in the range and shape of those at fit.

        Parameters
        ----------
        n : int
        random_state : int, RandomState or None, default=None
        classes : sequence of labels or None, default=None
            Classes, of `classes_`, that the examples take turns to have. This needs a
            recipe with a class-conditional generator, such as "mnist-samples".

        Returns
        -------
        ndarray of shape (n, ...)
        """
        samples, start = None, 0
        for batch in self.sample_batches(n, random_state, classes=classes):
            if samples is None:
                with as_input_error(
                    f"fewer examples than n={n}, to have room for them"
                ):
                    samples = np.empty((n, *batch.shape[1:]), batch.dtype)
            samples[start : start + len(batch)] = batch
            start += len(batch)
        return samples

    def sample_batches(self, n, random_state=None, *, classes=None):
        """Generate the examples of `sample` in batches, to use little memory.

        Yields
        ------
        ndarray of shape (at most 1000, ...)
        """
        codes = self._expect_generator(n, classes)
        rng = random_numbers(random_state)
        for start in range(0, n, SAMPLED):
            size = min(SAMPLED, n - start)
            some = None
            if codes is not None:
                some = codes[np.arange(start, start + size) % len(codes)]
            seed = int(rng.randint(2**31 - 1))
            x = self.model_.sample(size, seed=seed, classes=some)
            x = check_finite(np.asarray(x))
            yield x.reshape(size, *self.example_shape_)

    def interpolate(self, n, steps=10, random_state=None, *, classes=None):
        """Generate n series of examples, each on a path from one to another.

        A generator that has learned what the data have in common changes its example
        little by little; one that has learned examples by heart jumps. See
        `ssgan.SSGAN.interpolate`. With several members, the first makes them.

        Parameters
        ----------
        n, random_state, classes
            See `sample`. The class stays the same along a path.
        steps : int, default=10
            Examples of a series, at least 2.

        Returns
        -------
        ndarray of shape (n, steps, ...)
        """
        codes = self._expect_generator(n, classes)
        expect_whole("steps", steps, 2)
        some = None if codes is None else codes[np.arange(n) % len(codes)]
        seed = int(random_numbers(random_state).randint(2**31 - 1))
        x = self.model_.interpolate(n, steps, seed=seed, classes=some)
        return check_finite(np.asarray(x)).reshape(n, steps, *self.example_shape_)

    def _expect_generator(self, n, classes):
        """Check what to generate; return codes of the classes, or None."""
        expect_generator(self)
        expect_not_forked()
        expect_whole("n", n, 1)
        if classes is None:
            return None
        expect(
            self.recipe_.latents.name == "ClassLatents",
            "a model that makes a class on demand, as the recipe mnist-samples does",
            f"one of the recipe {self.recipe_.name}, which does not",
        )
        classes = read_labels(classes)
        codes = codes_of(classes, self.classes_, len(classes))
        expect(len(codes), "one or more classes to generate", "none")
        return codes


def expect_generator(classifier):
    """Raise InputError unless a classifier is fitted, and generates examples."""
    check_is_fitted(classifier)
    expect(
        not isinstance(classifier.model_, BackboneClassifier),
        "a model that generates images",
        "one with a backbone, whose generator makes features",
    )
    expect(
        classifier.recipe_.generator is not None,
        "a model with a generator",
        f"one of the recipe {classifier.recipe_.name}, which has none",
    )
