"""An averaged classifier whose loss terms see unlabeled examples."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ssgan.errors import expect, some, warn
from ssgan.game.averaged_classifier import AveragedClassifier
from ssgan.game.batches import batches
from ssgan.nn.terms import PseudoLabels, by_name

# What a log has of every training.
LOGGED = ("loss", "accuracy", "step", "seconds")


class WithTerms(AveragedClassifier):
    """An averaged classifier with loss terms that see unlabeled examples.

    A subclass has a `train_step`, and calls `_add_terms` at the end of its `__init__`.
    """

    def _add_terms(self, terms):
        self.terms = tuple(terms)
        guessing = [t.candidates for t in self.terms if isinstance(t, PseudoLabels)]
        one = "one term PseudoLabels alone, where it has candidates"
        expect(len(guessing) < 2 or max(guessing) == 1, one, f"{len(guessing)} of them")
        self.named_terms = {}
        logged = {*LOGGED, *self._measures()}
        self.named_terms = by_name(self.terms)
        taken = [type(t).__name__ for n, t in self.named_terms.items() if n in logged]
        another = f"terms called otherwise than {', '.join(sorted(logged))} of the log"
        expect(not taken, another, some(taken))
        for term in self.terms:
            term.build(self)
        self._means = {name: keras.metrics.Mean(name) for name in self._measures()}

    def _measures(self):
        """Return the names of what is logged, besides loss and accuracy."""
        return [*self.named_terms]

    def fit(self, x=None, y=None, batch_size=100, **kwargs):
        """Train on batches, or on arrays; other arguments are `keras.Model.fit`'s.

        Parameters
        ----------
        x : tf.data.Dataset or dict
            Batches, as `ssgan.batches` makes them, or ``{"labeled": array of shape
            (n_labeled, ...), "unlabeled": array or tf.data.Dataset of examples}``.
        y : integer array of shape (n_labeled,) or None, default=None
            Classes of the labeled examples, 0 to K-1, if x is a dictionary.
        batch_size : int, default=100
            Number of labeled, and of unlabeled, examples in a batch, if x is a
            dictionary. An epoch is one pass over the unlabeled array.

        Returns
        -------
        keras.callbacks.History
        """
        arrays = 'x as {"labeled": array, "unlabeled": array or data set}, or batches'
        received = type(x).__name__ + (" and y" if y is not None else "")
        is_array = hasattr(x, "shape") or y is not None
        expect(isinstance(x, dict) or not is_array, arrays, received)
        if isinstance(x, dict):
            expect(x.keys() == {"labeled", "unlabeled"}, arrays, some(map(str, x)))
            k, codes = self.discriminator.output_shape[-1], np.unique(np.asarray(y))
            are_classes = codes.dtype.kind in "biuf" and {*codes.tolist()} <= {
                *range(k)
            }
            are_classes = are_classes and np.ndim(y) == 1
            expect(
                are_classes, f"labels y, whole numbers from 0 to {k - 1}", some(codes)
            )
            unlabeled = x["unlabeled"]
            streams = isinstance(unlabeled, tf.data.Dataset)
            options = {"labeled_size": batch_size, "unlabeled_size": batch_size}
            if "steps_per_epoch" not in kwargs:
                expect(not streams, "steps_per_epoch with a data set", "none")
                kwargs["steps_per_epoch"] = -(-len(unlabeled) // batch_size)
            # Go on after the last batch. To find it, a stream would be read again: it
            # begins anew, in another order.
            done = int(self.steps_done.numpy())
            options |= {"seed": done} if streams else {"start": done}
            x, y = batches(x["labeled"], y, unlabeled, **options), None
        if isinstance(x, tf.data.Dataset):
            kwargs["shuffle"] = False  # `batches` does it.
        return super().fit(x, y, **kwargs)

    @property
    def seed_generators(self):
        of_terms = [getattr(term, "seed_generator", None) for term in self.terms]
        return super().seed_generators + [g for g in of_terms if g is not None]

    def augment_strongly(self, x):
        """Change preprocessed examples without labels further, as in training."""
        strong = self.strong_augmentation
        return x if strong is None else ops.cast(strong(x, training=True), x.dtype)

    def _real_pass(self, labeled, unlabeled):
        """Return features and logits of all, labeled and then unlabeled, augmented.

        One pass: fewer and larger matrix products.
        """
        n = ops.shape(labeled)[0]
        real = self.augment(ops.concatenate([labeled, unlabeled], axis=0))
        if self.strong_augmentation is not None:
            real = ops.concatenate([real[:n], self.augment_strongly(real[n:])], axis=0)
        return self._discriminate(real)

    def _discriminate(self, x):
        """Return features and logits in float32, as losses need in mixed precision."""
        outputs = self.features_and_logits(x, training=True)
        return [ops.cast(output, "float32") for output in outputs]

    def _choose(self, unlabeled, labels):
        """Return the unlabeled examples to train on, and guesses about them or None."""
        for term in self.terms:
            if isinstance(term, PseudoLabels) and term.candidates > 1:
                guesses = term.guesses(self, unlabeled, labels)
                chosen = term.choose(guesses)
                return [ops.take(x, chosen, axis=0) for x in (unlabeled, guesses)]
        return unlabeled, None

    def _term_values(self, player, step):
        """Return a dict from the name of each of a player's terms to its value."""
        values = {
            name: term(self, step)
            for name, term in self.named_terms.items()
            if term.player == player
        }
        for name, value in values.items():
            shape = tuple(ops.shape(value))
            expect(shape == (), f"a single number as the value of {name}", shape)
        return values

    def _weighted_sum(self, values):
        return sum(self.named_terms[name].weight * v for name, v in values.items())

    def _track(self, values):
        for name, value in values.items():
            self._means[name].update_state(value)

    def test_step(self, data):
        """Evaluate the averaged weights on plain ``(x, y)``."""
        logs = super().test_step(data)
        return {k: v for k, v in logs.items() if k not in self._means}

    def get_config(self):
        _warn_of_unregistered(self.terms)
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "strong_augmentation": serialize(self.strong_augmentation),
            "terms": [serialize(term) for term in self.terms],
        }


def _warn_of_unregistered(terms):
    """Warn of terms whose class Keras does not find when it loads a model."""
    saving = keras.saving
    for kind in {type(term) for term in terms}:
        if saving.get_registered_object(saving.get_registered_name(kind)) is None:
            warn(
                f"A saved model with the term {kind.__name__} cannot be loaded again "
                "without custom_objects, unless the class is decorated with "
                "keras.saving.register_keras_serializable()."
            )
