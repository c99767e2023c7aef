"""Loss terms of both players, one class for each published idea.

In the formulas, p(x) are the probabilities of the K classes given that x is real: the
softmax of the logits l(x).
"""

import pkgutil

from ssgan.nn.terms.auxiliary_classifier import AuxiliaryClassifier
from ssgan.nn.terms.conditional_entropy import ConditionalEntropy
from ssgan.nn.terms.feature_matching import FeatureMatching
from ssgan.nn.terms.historical_averaging import HistoricalAveraging
from ssgan.nn.terms.jensen_shannon_regularizer import JensenShannonRegularizer
from ssgan.nn.terms.manifold_smoothness import ManifoldSmoothness
from ssgan.nn.terms.mean_teacher import MeanTeacher
from ssgan.nn.terms.minimax import Minimax
from ssgan.nn.terms.non_saturating import NonSaturating
from ssgan.nn.terms.pseudo_labels import PseudoLabels
from ssgan.nn.terms.real_or_fake import RealOrFake
from ssgan.nn.terms.term import DiscriminatorStep, GeneratorStep, Term, by_name
from ssgan.nn.terms.virtual_adversarial import VirtualAdversarial

__all__ = [
    "AuxiliaryClassifier",
    "ConditionalEntropy",
    "DiscriminatorStep",
    "FeatureMatching",
    "GeneratorStep",
    "HistoricalAveraging",
    "JensenShannonRegularizer",
    "ManifoldSmoothness",
    "MeanTeacher",
    "Minimax",
    "NonSaturating",
    "PseudoLabels",
    "RealOrFake",
    "Term",
    "VirtualAdversarial",
    "by_name",
    *(module.name for module in pkgutil.iter_modules(__path__)),
]
