"""Judges: classifiers by whose probabilities and features samples are measured."""

import keras
import numpy as np

from ssgan.data.forms import form_of
from ssgan.errors import as_input_error, expect, warn
from ssgan.estimator import SSGANClassifier
from ssgan.estimator.continuation import weights_checksum
from ssgan.estimator.scales import is_rescaled
from ssgan.evaluation.evaluate import evaluate

# Images that Inception, which enlarges them, takes at a time.
INCEPTION_BATCH = 50
INCEPTION_SIDE = 299


class ClassifierJudge:
    """A classifier of ours, best one that was trained with all labels.

    Parameters
    ----------
    path : path
        A file that `ssgan.SSGANClassifier.save` wrote, or the folder of a fit.
    """

    def __init__(self, path):
        self.name = str(path)
        self.score_name = f"score by {path}"
        self.classifier = SSGANClassifier.load(path)

    def features(self, x):
        """Return the features of its last hidden layer, (n, d), for raw examples."""
        return np.asarray(self.classifier.transform(x))

    def judge(self, x):
        """Return class probabilities, (n, K), and features, (n, d)."""
        return self.classifier.predict_proba(x), self.features(x)

    def error(self, data):
        """Return the error on the test part of `ssgan.data.examples.Data`, 0 to 1."""
        return evaluate(self.classifier, data).error


class InceptionJudge:
    """Keras's InceptionV3, trained on ImageNet: the judge of published scores.

    Images are enlarged to 299 x 299, and gray ones become RGB. The features are the
    2,048 numbers before the last layer. Published scores were computed with another
    set of weights of this network, which changes them a little.

    Parameters
    ----------
    raw_range : pair of float
        The pixel values of black and of white.
    weights : str or None, default="imagenet"
        See `keras.applications.InceptionV3`.

    Raises
    ------
    InputError
        If Keras has not got the weights, and cannot download them.

    References
    ----------
    Salimans et al. 2016, section 4, arXiv:1606.03498. How scores depend on the weights:
    Barratt and Sharma 2018, section 3, arXiv:1801.01973.
    """

    name = "inception"
    score_name = "Inception score (Keras's InceptionV3)"

    def __init__(self, raw_range, weights="imagenet"):
        with as_input_error(
            "the weights of InceptionV3, which Keras downloads from the internet and "
            "keeps in its folder models (in ~/.keras, or where KERAS_HOME says)"
        ):
            network = keras.applications.InceptionV3(weights=weights)
        features = network.get_layer("avg_pool").output
        self.network = keras.Model(network.input, [network.output, features])
        self.raw_range = raw_range

    def features(self, x):
        """Return features, (n, 2048), for raw images."""
        return self.judge(x)[1]

    def judge(self, x):
        """Return class probabilities, (n, 1000), and features, (n, 2048)."""
        starts = range(0, len(x), INCEPTION_BATCH)
        parts = [self._judge_some(x[i : i + INCEPTION_BATCH]) for i in starts]
        return tuple(np.concatenate(each) for each in zip(*parts, strict=True))

    def error(self, data):
        """Return None: its classes are not those of the data."""

    def _judge_some(self, x):
        low, high = self.raw_range
        x = 255 * (np.asarray(x, "float32") - low) / (high - low)
        x = x[..., None] if x.ndim == 3 else x
        x = np.repeat(x, 3, axis=-1) if x.shape[-1] == 1 else x
        expect(x.shape[-1] == 3, "gray or RGB images for Inception", f"shape {x.shape}")
        size = (INCEPTION_SIDE, INCEPTION_SIDE)
        x = keras.ops.image.resize(x, size, interpolation="bilinear")
        x = keras.applications.inception_v3.preprocess_input(x)
        return [np.asarray(y) for y in self.network(x, training=False)]


def load_judge(name, classifier):
    """Return the judge of a name, for what a classifier's generator makes.

    A warning reports if the classifier is to judge itself.

    Parameters
    ----------
    name : str or path
        "inception", or the file of a classifier, or its folder.
    classifier : SSGANClassifier

    Raises
    ------
    InputError
        If there is no such judge, or it does not take such examples.
    """
    raw_range = classifier.raw_range_
    if str(name) == "inception":
        expect(raw_range is not None, "images for Inception", "rows of numbers")
        return InceptionJudge(raw_range)
    judge = ClassifierJudge(name)
    own = judge.classifier
    # Of tables, the judge itself looks for the columns that it knows.
    if own.columns_ is None or classifier.columns_ is None:
        made, taken = classifier.example_shape_, own.example_shape_
        said = f"{name}, which takes {form_of(taken)} (shape {taken}, not {made})"
        expect(taken == made, f"a judge of {form_of(made)}", said)
    if raw_range is not None and own.raw_range_ is not None:
        low, high = own.raw_range_
        expect(
            not is_rescaled(*raw_range, own.raw_range_),
            "a judge of pixels from {:.6g} to {:.6g}".format(*raw_range),
            f"{name}, which takes {low:.6g} to {high:.6g}",
        )
    if weights_checksum(own) == weights_checksum(classifier):
        warn(
            "A model that judges its own samples says little: they are made to please "
            "it. Better is a judge that was trained on its own, with all labels."
        )
    return judge
