"""The generator against the discriminator's probability that an example is real."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from formulas import real

from ssgan.errors import InputError
from ssgan.nn.terms import (
    JensenShannonRegularizer,
    Minimax,
    NonSaturating,
    RealOrFake,
)

FORMULAS = {
    # Goodfellow et al. 2014, equation 1 and section 3; D(x) of K+1 classes.
    Minimax: lambda d: np.log(1 - d).mean(),
    NonSaturating: lambda d: -np.log(d).mean(),
}


@pytest.mark.parametrize("kind", FORMULAS)
@pytest.mark.parametrize("classes", [1, 3])
def test_adversarial_loss_is_the_formula(kind, classes, rng):
    logits = 2 * rng.normal(size=(7, classes))
    step = SimpleNamespace(logits_fake=tf.constant(logits, "float32"))
    value = kind()(None, step)
    assert float(value) == pytest.approx(FORMULAS[kind](real(logits)), rel=1e-5)
    assert kind.player == "generator"


def test_a_sure_discriminator_leaves_one_of_them_its_gradient():
    logits = tf.constant([[-40.0]])
    slopes = {}
    for kind in FORMULAS:
        with tf.GradientTape() as tape:
            tape.watch(logits)
            value = kind()(None, SimpleNamespace(logits_fake=logits))
        slopes[kind] = tape.gradient(value, logits).numpy().item()
    assert slopes[NonSaturating] == pytest.approx(-1)
    assert -1e-10 < slopes[Minimax] <= 0


@pytest.mark.parametrize("kind", [Minimax, NonSaturating, JensenShannonRegularizer])
def test_without_an_opponent_there_is_no_game(kind):
    term = kind(steps=3) if kind is JensenShannonRegularizer else kind()
    term.build(SimpleNamespace(terms=[term, RealOrFake()]))
    for terms in ([term], [term, RealOrFake(0.0)]):
        with pytest.raises(InputError, match=f"RealOrFake.* beside {kind.__name__}"):
            term.build(SimpleNamespace(terms=terms))


@pytest.mark.parametrize("target", [0.5, 1.1, -1])
def test_target_that_is_no_target_is_refused(target):
    with pytest.raises(InputError, match=f"above 0.5, at most 1.*{target}"):
        RealOrFake(real_target=target)
