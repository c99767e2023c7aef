"""`SSGANClassifier`, the scikit-learn face."""

import dataclasses
import numbers
import warnings
import zlib
from pathlib import Path

import numpy as np
import tensorflow as tf
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ssgan import parallel, pictures, recipes, training
from ssgan.classifier import Ensemble
from ssgan.data import storage
from ssgan.data.examples import is_labeled
from ssgan.errors import InputError, errors_mean, expect

# Predictions are made in batches of this size, the last one filled up: then the result
# for an example does not depend, not even in the last bit, on what comes with it.
PREDICTION_BATCH = 256


class SSGANClassifier(
    ClassNamePrefixFeaturesOutMixin, ClassifierMixin, TransformerMixin, BaseEstimator
):
    """Classifier learnt from few labels, together with a generator.

    Parameters
    ----------
    recipe : str or ssgan.recipes.Recipe, default="auto"
        What to train: a name from `ssgan.recipes.RECIPES`, or one of your own. "auto"
        is "images" for images and "vectors" for rows of numbers.
    steps : int or None, default=None
        Updates of each player; None leaves it to the recipe. Its learning rate schedule
        is stretched with it.
    n_members : int, default=1
        Models to train, from different weights, whose probabilities are averaged.
    image_shape : tuple of int or None, default=None
        Shape of one image, (height, width) or (height, width, channels), where X has
        flattened images as rows.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the supervised loss, as in scikit-learn. "balanced"
        makes up for labels that are unequally many.
    discriminator, generator : callable or None, default=None
        Networks of your own: ``discriminator(input_shape, n_classes)`` returns a Keras
        model with K logits, ``generator(latent_dim, output_shape)`` one that makes
        examples in the recipe's range. See `ssgan.networks`.
    random_state : int, RandomState or None, default=None
        Seed of the weights, the noise and the order of the examples.
    callbacks : sequence of keras.callbacks.Callback, default=()
        For every Keras `fit`.
    n_jobs : int or None, default=None
        Members to train at a time; see `ssgan.parallel.each`.
    strategy : tf.distribute.Strategy or None, default=None
        Devices that share each batch: ``tf.distribute.MirroredStrategy()`` for the GPUs
        of this machine, ``MultiWorkerMirroredStrategy()`` for several machines.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, without -1.
    model_ : SSGAN, AveragedClassifier or Ensemble
        A Keras model from raw examples to logits, in the order of `classes_`.
    recipe_ : ssgan.recipes.Recipe
        What was trained.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, where X had some.
    example_shape_ : tuple of int
        Shape of one example, as it was at `fit`.

    See Also
    --------
    sklearn.semi_supervised.SelfTrainingClassifier : Learns from its own predictions.
    sklearn.semi_supervised.LabelSpreading : Spreads labels to near examples.

    References
    ----------
    Salimans et al. 2016, "Improved Techniques for Training GANs", arXiv:1606.03498.

    Examples
    --------
    >>> import numpy as np
    >>> from ssgan import SSGANClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 2)) + 4 * (np.arange(200) % 2)[:, None]
    >>> y = np.full(200, -1)
    >>> y[:4] = [0, 1, 0, 1]
    >>> SSGANClassifier(steps=20, random_state=0).fit(X, y).predict(X[:4]).shape
    (4,)
    """

    def __init__(
        self,
        recipe="auto",
        *,
        steps=None,
        n_members=1,
        image_shape=None,
        class_weight=None,
        discriminator=None,
        generator=None,
        random_state=None,
        callbacks=(),
        n_jobs=None,
        strategy=None,
    ):
        self.recipe = recipe
        self.steps = steps
        self.n_members = n_members
        self.image_shape = image_shape
        self.class_weight = class_weight
        self.discriminator = discriminator
        self.generator = generator
        self.random_state = random_state
        self.callbacks = callbacks
        self.n_jobs = n_jobs
        self.strategy = strategy

    def fit(self, X, y, unlabeled=None, *, validation=None, checkpoints=None):
        """Train on labeled and unlabeled examples.

        Parameters
        ----------
        X : array-like of shape (n, columns), (n, h, w) or (n, h, w, channels)
            Numbers or pixels; uint8 pixels are taken as 0 to 255, pixels of another
            type as ranging over what X holds.
        y : array-like of shape (n,)
            Class labels of any type; -1 where there is none.
        unlabeled : array-like, tf.data.Dataset or None, default=None
            Further examples without labels, of the form of X; a data set of single
            examples streams, so that it may be larger than the memory.
        validation : tuple ``(X, y)`` or None, default=None
            Labeled examples to evaluate as training goes. They decide nothing.
        checkpoints : path or None, default=None
            Folder for a checkpoint and the history of each member. If it already holds
            some, of the same training, that goes on from there.

        Returns
        -------
        self

        Raises
        ------
        InputError
            A ValueError that says what was expected and what came.
        """
        X, y = self._validate_fit(X, y)
        labeled = is_labeled(y)
        self.classes_, codes = _encode(y[labeled])
        self.recipe_ = recipes.resolve(self.recipe, self.steps, images=X.ndim == 4)
        if unlabeled is None:
            unlabeled = X
            if labeled.all() and self.recipe_.generator is not None:
                warnings.warn(
                    "No unlabeled example (y == -1): the game is played with the "
                    "labeled ones alone.",
                    stacklevel=2,
                )
        elif not isinstance(unlabeled, tf.data.Dataset):
            # The paper's unlabeled set holds the labeled examples as well.
            unlabeled = storage.join(X, self._validate(unlabeled))
        if validation is not None:
            validation = self._validate(validation[0]), self._codes(validation[1])
        size = self.n_members
        whole = isinstance(size, numbers.Integral) and size > 0
        expect(whole, "a whole number of members above 0", f"n_members={size!r}")
        seeds = check_random_state(self.random_state).randint(2**31 - 1, size=size)
        tasks = [
            (seed, i, X, codes, labeled, unlabeled, validation, checkpoints)
            for i, seed in enumerate(seeds.tolist())
        ]
        members = dict(parallel.each(self._train_member, tasks, self.n_jobs))
        if size == 1:
            self.model_ = members[0]
        else:
            self.model_ = Ensemble([members[i] for i in range(size)])
        self.model_.info = self._info()
        return self

    def _train_member(
        self, seed, i, X, codes, labeled, unlabeled, validation, checkpoints
    ):
        # What tells this training from others, so as not to go on with one of them.
        info = {
            "seed": seed,
            "recipe": repr(self.recipe_),
            "labels": zlib.crc32(np.where(labeled)[0].tobytes() + codes.tobytes()),
        }
        checkpoint = checkpoints and Path(checkpoints) / f"member-{i}.keras"
        streams = isinstance(unlabeled, tf.data.Dataset)
        with (self.strategy or tf.distribute.get_strategy()).scope():
            model = self._begin(X if streams else unlabeled, info, checkpoint)
        training.train(
            self.recipe_,
            model,
            storage.take(X, labeled),
            codes,
            unlabeled,
            validation=validation,
            class_weight=self._class_weights(codes),
            seed=seed,
            callbacks=self.callbacks,
            checkpoint=checkpoint,
        )
        return model

    def _begin(self, examples, info, checkpoint):
        """Return a new model, or the one that an interrupted training left."""
        if checkpoint is None or not checkpoint.exists():
            return training.build(
                self.recipe_,
                examples,
                len(self.classes_),
                discriminator=self.discriminator,
                generator=self.generator,
                seed=info["seed"],
                info=info,
            )
        model = training.load(checkpoint)
        expected = f"{checkpoint} to be of this training, {info}"
        expect(model.info == info, expected, f"one of {model.info}")
        return model

    def predict(self, X):
        """Return the most probable class of each example, of shape (n,)."""
        best = self._logits(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Return probabilities of shape (n, n_classes), in the order of `classes_`."""
        logits = self._logits(X).astype("float64")
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        return p / p.sum(axis=1, keepdims=True)

    def transform(self, X):
        """Return the features of the last hidden layer, of shape (n, features)."""
        check_is_fitted(self)
        return self._in_batches(self.model_.features, X)

    def sample(self, n, random_state=None):
        """Generate n examples, in the range and shape of X's rows.

        Parameters
        ----------
        n : int
        random_state : int, RandomState or None, default=None

        Returns
        -------
        ndarray of shape (n, ...)
        """
        check_is_fitted(self)
        expect(
            self.recipe_.generator is not None,
            "a model with a generator",
            "one trained on labels alone",
        )
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        x = np.asarray(self.model_.sample(n, seed=seed))
        return x.reshape(n, *self.example_shape_)

    def save(self, path):
        """Write all that prediction needs to one ``.keras`` file; see `load`."""
        check_is_fitted(self)
        expect(Path(path).suffix == ".keras", "a path that ends in .keras", path)
        training.save(self.model_, path)

    @classmethod
    def load(cls, path):
        """Return the fitted classifier that `save` wrote to a file.

        Raises
        ------
        InputError
            If there is no such file, or it is not one of ours.
        """
        model = training.load(path)
        info = model.info
        expect("classes" in info, "a model that SSGANClassifier.save wrote", path)
        with errors_mean(f"{path} to have a recipe that this version of ssgan knows"):
            recipe = recipes.from_dict(info["recipe"])
        classifier = cls(
            recipe=recipe,
            n_members=info["n_members"],
            image_shape=info["image_shape"] and tuple(info["image_shape"]),
        )
        classifier.model_ = model
        classifier.recipe_ = classifier.recipe
        classifier.classes_ = np.array(info["classes"], dtype=info["classes_dtype"])
        classifier.n_features_in_ = info["n_features_in"]
        if info.get("feature_names"):  # Absent where an older version wrote it.
            classifier.feature_names_in_ = np.array(info["feature_names"], object)
        classifier.example_shape_ = tuple(info["given_shape"])
        classifier._given_dtype = info["dtype"]
        return classifier

    def _validate_fit(self, X, y):
        """Check the examples and labels to learn from, and remember their form."""
        X, y = self._check(X, y, reset=True)
        self.example_shape_ = X.shape[1:]
        self._given_dtype = X.dtype.name
        return X.reshape(len(X), *self._network_shape()), y

    def _validate(self, X):
        """Check that examples have the form of those at fit."""
        X = self._check(X, reset=False)
        expect(
            X.shape[1:] == self.example_shape_,
            f"examples of shape {self.example_shape_}, as at fit",
            f"an array of shape {X.shape}",
        )
        return X.reshape(len(X), *self._network_shape())

    def _check(self, X, *y, reset):
        try:
            return validate_data(
                self, X, *y, reset=reset, dtype=[np.float32, np.uint8], allow_nd=True
            )
        except ValueError as error:
            # scikit-learn explains over many lines; the first sentence says what is so.
            raise InputError(
                "Expected finite numbers, as rows or images of one size, and one label "
                f"for each. Received: {' '.join(str(error).split())}"
            ) from None

    def _network_shape(self):
        """Images with a channel axis, rows of numbers as they are."""
        given, image = self.example_shape_, self.image_shape
        shape = tuple(image or given)
        expect(
            np.prod(shape) == np.prod(given),
            f"image_shape to have as many pixels as an example, of shape {given}",
            f"image_shape={image}",
        )
        expect(
            len(shape) <= 3,
            "rows, or images of shape (n, height, width) or (..., channels)",
            f"examples of shape {shape}",
        )
        return (*shape, 1) if len(shape) == 2 else shape

    def _codes(self, y):
        """Return the place of each label in `classes_`."""
        y = np.asarray(y)
        codes = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        unknown = self.classes_[codes] != y
        expect(
            not unknown.any(),
            f"labels among {self.classes_.tolist()}",
            np.unique(y[unknown]).tolist(),
        )
        return codes

    def _class_weights(self, codes):
        """Return `class_weight` by code, as Keras has it."""
        if self.class_weight is None:
            return None
        weights = compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_[codes]
        )
        return dict(enumerate(weights.tolist()))

    @property
    def _n_features_out(self):
        return self.model_.features(np.zeros((1, *self._network_shape()))).shape[1]

    def _logits(self, X):
        check_is_fitted(self)
        return self._in_batches(self.model_.logits, X)

    def _in_batches(self, function, X):
        """Apply a function of raw examples to X, in batches of one size."""
        X = self._validate(X)
        self._doubt_range(X)
        results = []
        for i in range(0, len(X), PREDICTION_BATCH):
            batch = X[i : i + PREDICTION_BATCH]
            n = len(batch)
            if n < PREDICTION_BATCH:
                batch = np.concatenate(
                    [batch, np.repeat(batch[-1:], PREDICTION_BATCH - n, 0)]
                )
            results.append(function(tf.constant(batch)).numpy()[:n])
        return np.concatenate(results)

    def _doubt_range(self, X):
        """Warn of pixels that must be scaled in another way than those at fit."""
        limits = pictures.limits(self.recipe_, self.model_)
        if limits is None or X.dtype == self._given_dtype == "uint8":
            return
        (low, high), least, most = limits, float(X.min()), float(X.max())
        room = high - low
        beyond = least < low - room or most > high + room
        if beyond or most < low + room / 20:
            warnings.warn(
                f"Expected pixels from {low:.4g} to {high:.4g}, as at fit. Received: "
                f"{least:.4g} to {most:.4g}. If they are scaled otherwise, the "
                "predictions mean nothing.",
                stacklevel=4,
            )

    def _info(self):
        return {
            "classes": self.classes_.tolist(),
            "classes_dtype": self.classes_.dtype.str,
            "recipe": dataclasses.asdict(self.recipe_),
            "n_members": self.n_members,
            "image_shape": self.image_shape and list(self.image_shape),
            "n_features_in": int(self.n_features_in_),
            "feature_names": list(getattr(self, "feature_names_in_", ())),
            "given_shape": list(self.example_shape_),
            "dtype": self._given_dtype,
        }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []  # Features are float32.
        return tags


def _encode(labels):
    """Return the sorted classes and the place of each label among them."""
    expected = "labels of two classes or more"
    expect(len(labels), expected, "no labeled example (every y is -1)")
    with errors_mean("class labels"):
        check_classification_targets(labels)
    if labels.dtype == object and all(isinstance(label, str) for label in labels):
        labels = labels.astype(str)
    classes, codes = np.unique(labels, return_inverse=True)
    expect(len(classes) > 1, expected, f"one class, {classes[0]!r}")
    return classes, codes
