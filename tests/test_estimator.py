"""The estimator keeps scikit-learn's contract, and its own."""

import dataclasses

from sklearn.utils.estimator_checks import parametrize_with_checks

from ssgan import SSGANClassifier
from ssgan.recipes import VECTORS, Part

TINY = dataclasses.replace(
    VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (16,), "input_noise": 0.0}),
    generator=Part("mlp_generator", {"units": (16,), "activation": "linear"}),
    latent_dim=4,
    labeled_size=16,
    unlabeled_size=16,
    learning_rate=0.01,
    steps=60,
    hold=60,
)


def expected_failures(estimator):
    return {
        "check_classifiers_classes": (
            "uses -1 as a class, which is what marks an unlabeled example here; "
            "scikit-learn exempts its own semi-supervised estimators by name"
        )
    }


@parametrize_with_checks(
    [SSGANClassifier("vectors", steps=60, random_state=0)],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)
