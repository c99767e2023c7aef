"""`SSGANClassifier`, a scikit-learn estimator.

Longer than 300 lines because docstrings of the public class are its reference.
"""

import copy
from pathlib import Path
from time import perf_counter

import keras
import numpy as np
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import check_is_fitted

from ssgan import recipes
from ssgan.data.labels import are_booleans, is_labeled, read_labels
from ssgan.errors import as_input_error, expect, expect_whole, warn
from ssgan.estimator import foreign
from ssgan.estimator.continuation import continued_info, continued_recipe, earlier_of
from ssgan.estimator.findings import find
from ssgan.estimator.frames import learn_columns
from ssgan.estimator.generation import GeneratorMixin
from ssgan.estimator.members import (
    MOST_MEMBERS,
    MemberSettings,
    train_members,
    within_minutes,
)
from ssgan.estimator.mirror_images import without_misleading
from ssgan.estimator.saved_form import (
    hashes_of,
    info_of,
    learned_from,
    restore,
    temperature_of,
    was_labeled,
)
from ssgan.estimator.scales import (
    warn_if_dark,
    warn_if_large,
    warn_if_other_bytes,
    warn_if_rescaled,
)
from ssgan.estimator.training_set import (
    TrainingSet,
    read_unlabeled,
    read_validation,
)
from ssgan.estimator.validation import (
    check_arrays,
    check_callbacks,
    check_finite,
    class_weights,
    encode,
    expect_differing,
    network_shape,
    random_numbers,
    warn_if_channels_first,
    warn_if_in_another_order,
)
from ssgan.game.backbone_classifier import BackboneClassifier
from ssgan.game.ensemble import Ensemble
from ssgan.game.prediction import in_batches
from ssgan.nn.precision import expect_precision
from ssgan.stats.predictions import Predictions, softmax
from ssgan.suggestions import suggest
from ssgan.support.forked import expect_not_forked
from ssgan.training import checkpoints as saved
from ssgan.training.budget import expect_minutes
from ssgan.training.progress import Progress


class SSGANClassifier(
    GeneratorMixin,
    ClassNamePrefixFeaturesOutMixin,
    ClassifierMixin,
    TransformerMixin,
    BaseEstimator,
):
    """Classifier that learns from few labels, together with a generator.

    Parameters
    ----------
    recipe : str or ssgan.recipes.Recipe, default="auto"
        What to train: a name from `ssgan.recipes.RECIPES`, or a recipe of your own.
        "auto" is "images" for images, "photos" with 2,000 steps for images in color (3
        or 4 channels) of 8 x 8 pixels or more, and "vectors" for rows of numbers. If
        this is a name, the recipe goes without mirrored images where labels show that
        they are recognized less well; see `ssgan.estimator.mirror_images`.
    steps : int or None, default=None
        Training steps, rounded up to a multiple of 10; by default those of the recipe.
        The learning rate schedule is scaled in proportion.
    minutes : float or None, default=None
        Time for the whole of `fit`, instead of `steps`. Their number follows from the
        time that a few steps take on this machine, and is in `recipe_`. Where few fit
        and labels spread to neighboring images, that is a form for short trainings,
        without a generator; see `ssgan.estimator.spread_labels.short_form`.
    n_members : int, default=1
        Number of models to train from different initial weights. Their probabilities
        are averaged.
    image_shape : tuple of int or None, default=None
        Shape of one image, (height, width) or (height, width, channels), if the rows
        of X are flattened images.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the supervised loss, as in scikit-learn. "balanced"
        reweights classes with few labels.
    discriminator, generator : callable or None, default=None
        Networks of your own: ``discriminator(input_shape, n_classes)`` returns a Keras
        model with K logits, ``generator(latent_dim, output_shape)`` one that makes
        examples in the recipe's value range. Both have an Input, as functional models
        do and subclasses of keras.Model do not. See `ssgan.nn.networks`.
    random_state : int, RandomState or None, default=None
        Seed of the weights, the noise and the order of the examples.
    callbacks : sequence of keras.callbacks.Callback, default=()
        Keras callbacks of the training, but none of the learning rate. One that
        remembers, such as `EarlyStopping`, begins anew at a checkpoint.
    verbose : bool or int, default=False
        Whether to show progress on stderr.
    n_jobs : int or None, default=None
        Members to train at a time; see `ssgan.support.parallel.run_all`.
    strategy : tf.distribute.Strategy or None, default=None
        Devices that share each batch: ``tf.distribute.MirroredStrategy()`` for the GPUs
        of this machine, ``MultiWorkerMirroredStrategy()`` for several machines.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, without -1.
    model_ : SSGAN, SelfTraining, AveragedClassifier, Ensemble or BackboneClassifier
        A Keras model that maps raw examples to logits in the order of `classes_`.
    recipe_ : ssgan.recipes.Recipe
        The recipe that was trained.
    class_shares_ : ssgan.estimator.class_shares.ClassShares or None
        How frequent each class is, among the labels and among the unlabeled examples.
        If they differ, `recipe_` bounds the shares of its guesses by them.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if X had names.
    columns_ : ssgan.data.columns.Columns or None
        What the columns are, if X was a DataFrame. `n_features_in_` counts these.
    example_shape_ : tuple of int
        Shape of one example at `fit`.
    dtype_ : str
        Type of the numbers of X at `fit`: "uint8" or "float32".

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
        minutes=None,
        n_members=1,
        image_shape=None,
        class_weight=None,
        discriminator=None,
        generator=None,
        random_state=None,
        callbacks=(),
        verbose=False,
        n_jobs=None,
        strategy=None,
    ):
        self.recipe = recipe
        self.steps = steps
        self.minutes = minutes
        self.n_members = n_members
        self.image_shape = image_shape
        self.class_weight = class_weight
        self.discriminator = discriminator
        self.generator = generator
        self.random_state = random_state
        self.callbacks = callbacks
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.strategy = strategy

    def fit(
        self,
        X,
        y,
        unlabeled=None,
        *,
        validation=None,
        checkpoints=None,
        continue_from=None,
    ):
        """Train on labeled and unlabeled examples.

        Parameters
        ----------
        X : array-like of shape (n, columns), (n, h, w) or (n, h, w, channels)
            Numbers or pixels. uint8 pixels are taken to range from 0 to 255 if any is
            above 21, pixels of another type from the least to the greatest value of X.
            The columns of a pandas DataFrame may be text, and its fields may be empty;
            see `ssgan.data.columns`.
        y : array-like of shape (n,)
            Class labels: text or whole numbers. -1, None, NaN, pandas' NA, masked
            entries, and the texts "", "-1" and "unlabeled" mean unlabeled. Text such as
            "nan" or "NA" is refused; see `ssgan.data.labels.read_labels`.
        unlabeled : array-like, tf.data.Dataset or None, default=None
            More unlabeled examples, of the same form as X. A data set of single
            examples is streamed, and may be larger than memory.
        validation : tuple ``(X, y)`` or None, default=None
            Labeled examples to evaluate during training. They decide nothing.
        checkpoints : path or None, default=None
            Folder for a checkpoint and the log of each member. If it holds checkpoints
            of the same training, training continues from there.
        continue_from : SSGANClassifier, path or None, default=None
            A fitted classifier, or the file or folder of one, whose networks are
            trained further, as after some more labels. Its recipe, unless another is
            given, and a fifth of the steps, unless they are given, are used. The
            examples must have the same form, with `image_shape` as it was; there may be
            new classes.

        Returns
        -------
        self

        Raises
        ------
        InputError
            A ValueError that says what was expected and what was received.
        """
        begun = perf_counter()
        new = copy.copy(self)  # If training fails, self stays as it was.
        expect_precision()
        check_callbacks(self.callbacks)
        if self.minutes is not None:
            expect_minutes(self.minutes)
            both = f"steps={self.steps!r} and minutes={self.minutes!r}"
            expect(self.steps is None, "steps or minutes", both)
        is_folder = checkpoints is None or str(checkpoints)
        expect(is_folder, "a folder for checkpoints or None", "checkpoints=''")
        earlier, of_booleans = _fitted(continue_from), are_booleans(y)
        X, y = new._validate_fit(X, y, earlier)
        labeled = is_labeled(y)
        new.classes_, codes = encode(y[labeled])
        if of_booleans:  # Otherwise ~predict(X) would not be the other class.
            new.classes_ = new.classes_.astype(bool)
        shape, taken_over = X.shape[1:], None
        if earlier is None:
            new.recipe_ = recipes.resolve(self.recipe, self.steps, shape=shape)
        else:
            taken_over = earlier_of(new, earlier, X)
            new.recipe_ = continued_recipe(
                self.recipe, self.steps, earlier, shape=shape
            )
        has_one = self.generator is None or new.recipe_.generator is not None
        for_own = "a recipe with a generator, for one of your own"
        expect(has_one, for_own, new.recipe_.name)
        if unlabeled is None and labeled.all() and new.recipe_.semi_supervised:
            warn("No unlabeled examples: the labeled ones are used as such, too.")
        expect_not_forked()
        data = TrainingSet(
            X,
            labeled,
            codes,
            read_unlabeled(unlabeled, X, new._validate, new.example_shape_),
            read_validation(validation, X, new._validate, new.classes_),
        )
        size = self.n_members
        expect_whole("n_members", size, 1, MOST_MEMBERS)
        seeds = random_numbers(self.random_state).randint(2**31 - 1, size=size).tolist()
        if isinstance(self.recipe, str) and earlier is None:
            new.recipe_ = without_misleading(new.recipe_, X, y, seeds[0])
        found = find(new.recipe_, data, seeds[0])
        settings = MemberSettings(
            recipe=found.recipe,
            n_classes=len(new.classes_),
            n_categories=new.columns_ and new.columns_.n_categories,
            discriminator=self.discriminator,
            generator=self.generator,
            class_weight=class_weights(self.class_weight, new.classes_, codes),
            callbacks=[*self.callbacks, *([Progress()] if self.verbose else [])],
            strategy=self.strategy,
            checkpoints=checkpoints,
            precision=keras.config.dtype_policy().name,
            earlier=taken_over,
            shares_found=found.shares_found,
        )
        learned = (data.x_labeled, codes, data.unlabeled, data.validation, found.first)
        if self.minutes is not None:
            settings = within_minutes(
                settings,
                self.minutes,
                size,
                learned,
                data.in_memory,
                short=found.short_form,
                since=begun,
            )
        new.recipe_, new.class_shares_ = settings.recipe, found.shares
        key = data.checksums(new.classes_) if checkpoints else {}
        members = train_members(
            settings, seeds, learned, data.in_memory, key, self.n_jobs
        )
        new._keep(members, data, seeds[0])
        if earlier is not None:
            new.model_.info |= continued_info(new, earlier)
        self.__dict__ = vars(new)
        return self

    def _keep(self, members, data, seed):
        """Keep what was trained, with what must be saved beside its weights."""
        restarts = sum(member.info.get("restarts", 0) for member in members)
        self.model_ = members[0] if len(members) == 1 else Ensemble(members)
        rest = data.without_label
        n_rest = None if rest is None else int(rest.sum())
        learned = learned_from(data.x_labeled, data.codes, n_rest)
        self.model_.info = info_of(self) | learned | {"restarts": restarts}
        done = min(int(member.steps_done.numpy()) for member in members)
        if done < self.recipe_.steps:
            self.model_.info["stopped_after"] = done
            warn(
                f"A callback ended the training after {done:,} of "
                f"{self.recipe_.steps:,} steps."
            )
        if n_rest:
            some = foreign.some_unlabeled(data.unlabeled, rest, seed)
            reference = foreign.reference(self.model_, data.x_labeled, some)
            self.model_.info["reference"] = reference

    def predict(self, X):
        """Return the most probable class of each example, of shape (n,)."""
        return self.predictions(X).labels

    def predict_proba(self, X):
        """Return probabilities of shape (n, n_classes), in the order of `classes_`."""
        return self.predictions(X).probabilities

    def predictions(self, X):
        """Return `ssgan.stats.predictions.Predictions`: classes and probabilities."""
        check_is_fitted(self)
        logits = self._apply(self.model_.logits, X)
        return Predictions(self.classes_, softmax(logits / self.temperature_))

    def familiarity(self, X):
        """Return how familiar examples are, of shape (n,), from 0 to 1.

        That is the part of the unlabeled examples, at fit, whose features were as far
        from all labeled ones; `ssgan.estimator.foreign` tells when left-out labels take
        their place. Below about 0.05, an example may be of a class that has no label.

        Returns
        -------
        ndarray of shape (n,) or None
            None if there were no unlabeled examples, or they were streamed.
        """
        check_is_fitted(self)
        known = self.model_.info.get("reference")
        if not known:
            return None
        features = self._apply(self.model_.features, X)
        with as_input_error("a model that keeps what tells the familiarity"):
            return foreign.familiarity(known, features)

    def score(self, X, y, sample_weight=None):
        """Return the fraction of the labeled examples that are predicted right.

        Parameters
        ----------
        X : array-like of shape (n, ...)
        y : array-like of shape (n,)
            Labels in any form that `fit` takes. Unlabeled examples are left out.
        sample_weight : array-like of shape (n,) or None, default=None

        Raises
        ------
        InputError
            If there is not one label or weight for each example, labels are text where
            those at fit are not, or the other way round, or no example has a label.
        """
        warn_if_in_another_order(X, y)
        predicted, y, weight = self.predict(X), read_labels(y), sample_weight
        n = len(predicted)
        one_each = f"one label for each of {n} examples"
        expect(y.shape in ((n,), (n, 1)), one_each, f"shape {y.shape}")
        labeled = np.flatnonzero(is_labeled(y))
        expect(len(labeled), "labeled examples to score", "none")
        like = f"labels like those at fit, such as {self.classes_.tolist()[0]!r}"
        same = (y.dtype == object) == (predicted.dtype.kind in "OU")
        expect(same, like, repr(y.ravel()[labeled].tolist()[0]))
        if weight is not None:
            weight = np.asarray(weight)
            fits = weight.shape == (n,)
            expect(fits, f"one weight for each of {n} examples", weight.shape)
            weight = weight[labeled]
        true = y.ravel()[labeled]
        with as_input_error("class labels, and weights that are numbers, not all 0"):
            return accuracy_score(true, predicted[labeled], sample_weight=weight)

    def transform(self, X):
        """Return the features of the last hidden layer, of shape (n, features)."""
        check_is_fitted(self)
        return self._apply(self.model_.features, X)

    def suggest(self, X, n, y=None, *, random_state=None):
        """Return the examples whose labels would help most, the most helpful first.

        This model is unsure of their classes; while a class of y has a single label,
        they are typical examples. See `ssgan.suggestions.suggest`. Before there is a
        model, ``ssgan.suggest(X, n)`` returns typical examples.

        Parameters
        ----------
        X : array-like of shape (m, ...)
        n : int
        y : array-like of shape (m,) or None, default=None
            Labels so far, -1 for unlabeled. Only unlabeled examples are suggested.
        random_state : int, RandomState or None, default=None

        Returns
        -------
        integer ndarray of shape (n,)
            Indices of examples of X.

        Raises
        ------
        InputError
            If there are fewer than n unlabeled examples.
        """
        check_is_fitted(self)
        seed = int(random_numbers(random_state).randint(2**31 - 1))
        return suggest(X, n, y, model=self, seed=seed)

    def was_labeled(self, X):
        """Return which examples had a label at fit, a boolean array of shape (n,).

        On these, the error says little about new examples.
        """
        check_is_fitted(self)
        return was_labeled(self.model_.info, self._validate(X))

    def save(self, path):
        """Write everything that prediction needs to one ``.keras`` file; see `load`."""
        check_is_fitted(self)
        expect(Path(path).suffix == ".keras", "a path that ends in .keras", path)
        saved.save(self.model_, path)

    @classmethod
    def load(cls, path):
        """Return the fitted classifier that `save` wrote to a file.

        `path` may also be the folder that ``ssgan fit`` wrote.

        Raises
        ------
        InputError
            If the file is missing, or `save` of this version of ssgan did not write it.
        """
        return restore(cls, saved.load(path), path)

    def with_backbone(self, backbone, X):
        """Return a classifier of images, made of this one of their features.

        What it takes are raw images. It predicts what this classifier predicts of the
        features that a frozen network makes of them, and keeps that network in the file
        that `save` writes. It generates no images, and is not trained further.

        Parameters
        ----------
        backbone : keras.Model
            From `ssgan.estimator.backbones.Backbone.for_images`. Its features must be
            what this classifier was fitted on.
        X : ndarray of shape (n, h, w) or (n, h, w, channels)
            The images that had a label at fit, for `was_labeled`.

        Returns
        -------
        SSGANClassifier

        Raises
        ------
        InputError
            If the features or the images have another shape.

        Notes
        -----
        With `load_backbone` of `ssgan.estimator.backbones` and `embed` of
        `ssgan.estimator.embeddings`, for images and their labels y, -1 for unlabeled:

            network = load_backbone("MobileNetV2").for_images(images)
            rows = SSGANClassifier().fit(embed(network, images), y)
            classifier = rows.with_backbone(network, images[is_labeled(y)])
            classifier.predict(images)
        """
        check_is_fitted(self)
        with_images = copy.copy(self)
        with_images.image_shape = with_images.columns_ = None
        X = check_arrays(with_images, X, reset=True)
        with_images.example_shape_, with_images.dtype_ = X.shape[1:], X.dtype.name
        for name, expected, received in (
            ("features", backbone.output_shape[1:], self.example_shape_),
            ("images", backbone.input_shape[1:], with_images._network_shape),
        ):
            expect(received == expected, f"{name} of shape {expected}", received)
        with_images.model_ = BackboneClassifier(backbone, self.model_)
        labeled = {"labeled": hashes_of(X)}
        with_images.model_.info = self.model_.info | info_of(with_images) | labeled
        return with_images

    def _validate_fit(self, X, y, earlier):
        """Check the training examples and labels, and store their form."""
        is_table = isinstance(X, pd.DataFrame) and self.image_shape is None
        known = earlier and earlier.columns_
        left_out = known.left_out if known else ()
        if is_table:
            # Networks are trained further on columns that are coded as before.
            names = [name for name in map(str, X.columns) if name not in left_out]
            same = known and [*known.names] == names
            self.columns_ = known if same else learn_columns(X)
        else:
            self.columns_ = None
        X, y = check_arrays(self, X, y, reset=True)
        expect_differing(X)
        warn_if_channels_first(X.shape)
        self.example_shape_ = X.shape[1:]
        self.dtype_ = X.dtype.name
        X = X.reshape(len(X), *self._network_shape)
        warn_if_large(X.shape[1:])
        warn_if_dark(X)
        return X, y

    def _validate(self, X):
        """Check that examples have the same form as at fit."""
        X = check_arrays(self, X, reset=False)
        sizes = ", ".join(map(str, self.example_shape_))
        expect(
            X.shape[1:] == self.example_shape_,
            f"an array of shape (n, {sizes}), as at fit",
            f"one of shape {X.shape}",
        )
        return X.reshape(len(X), *self._network_shape)

    @property
    def _network_shape(self):
        return network_shape(self.example_shape_, self.image_shape)

    @property
    def temperature_(self):
        """What logits are divided by, so that probabilities are not too sure.

        It is 1, unless ``ssgan fit`` found another; see `ssgan.stats.temperature`.
        """
        return temperature_of(self.model_.info)

    @property
    def raw_range_(self):
        """Least and greatest pixel value, a pair of float; None for rows of numbers."""
        preprocessor = self.model_.preprocessor
        return preprocessor and preprocessor.raw_range

    @property
    def _n_features_out(self):
        return self.model_.features(np.zeros((1, *self._network_shape))).shape[1]

    def _apply(self, function, X):
        """Apply a function of raw examples to X."""
        X = self._validate(X)
        if X.dtype == self.dtype_ == "uint8":
            warn_if_other_bytes(X, self.model_.info.get("greatest"))
        else:
            warn_if_rescaled(X, self.raw_range_)
        return check_finite(in_batches(function, X, self.model_.batch_size))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []  # Features are float32.
        return tags


def _fitted(continue_from):
    """Return the fitted classifier that is meant by it, or by a path; None for None."""
    if not isinstance(continue_from, SSGANClassifier | None):
        continue_from = SSGANClassifier.load(continue_from)
    if continue_from is not None:
        with as_input_error("a fitted classifier to continue from"):
            check_is_fitted(continue_from)
    return continue_from
