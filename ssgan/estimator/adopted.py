"""A fitted estimator of a network that was trained elsewhere."""

from ssgan.data.labels import is_labeled
from ssgan.estimator.classifier import SSGANClassifier
from ssgan.estimator.training_set import TrainingSet
from ssgan.estimator.validation import encode
from ssgan.game.averaged_classifier import AveragedClassifier


def adopt(network, X, y, recipe, preprocessor=None, seed=0):
    """Return a network as a fitted classifier, which predicts, is saved and exported.

    Parameters
    ----------
    network : keras.Model
        Maps preprocessed examples to K logits, in the order of the sorted classes.
    X, y
        What it learned from; see `ssgan.SSGANClassifier.fit`.
    recipe : ssgan.recipes.Recipe
        Its name and its steps tell what was trained.
    preprocessor : keras.layers.Layer or None, default=None
        See `ssgan.AveragedClassifier`.
    seed : int, default=0
        Of the unlabeled examples that tell the familiarity.

    Returns
    -------
    SSGANClassifier
    """
    classifier = SSGANClassifier(recipe, random_state=seed)
    X, y = classifier._validate_fit(X, y, None)
    labeled = is_labeled(y)
    classifier.classes_, codes = encode(y[labeled])
    classifier.recipe_, classifier.class_shares_ = recipe, None
    model = AveragedClassifier(network, preprocessor, dtype="float32")
    classifier._keep([model], TrainingSet(X, labeled, codes, X, None), seed)
    return classifier
