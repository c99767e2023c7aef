"""A training that fails is noticed."""

import dataclasses

import numpy as np
import pytest
from tiny import TECHNIQUES, TINY_GAME
from warned import no_warnings

from ssgan.errors import InputError
from ssgan.nn.terms import HistoricalAveraging
from ssgan.recipes import Part
from ssgan.training.build import build
from ssgan.training.monitor import COLLAPSED, PATIENCE, Monitor, TrainingFailed


@pytest.fixture
def monitor(data):
    monitor = Monitor()
    monitor.set_model(build(TINY_GAME, data[0], 2))
    monitor.on_train_begin()
    return monitor


def test_broken_weights_at_the_start_are_refused(data):
    monitor, model = Monitor(), build(TINY_GAME, data[0], 2)
    monitor.set_model(model)
    weights = model.discriminator.get_weights()
    model.discriminator.set_weights([np.nan * w for w in weights])
    with pytest.raises(InputError, match="a model of finite weights to train"):
        monitor.on_train_begin()


def logs(**values):
    usual = {"loss": 1.0, "accuracy": 0.9, "diversity": 1.0, "real_or_fake": 0.5}
    return usual | values


@pytest.mark.parametrize(
    ("bad", "restarts_left", "said"),
    [
        ({"diversity": COLLAPSED / 2}, 0, "generator has collapsed"),
        ({"real_or_fake": 1e-4}, 1, "discriminator is saturated"),
        ({"accuracy": 0.6}, 0, "has fallen from 90 % to 60 %"),
    ],
)
def test_what_fails_stops_the_run_and_the_last_good_state_is_kept(
    monitor, bad, restarts_left, said
):
    monitor.restarts_left = restarts_left
    weight = monitor.model.generator.trainable_variables[0]
    monitor.on_epoch_end(0, logs())
    good = weight.numpy()
    weight.assign(weight * 0)
    with pytest.raises(TrainingFailed, match=said):
        for epoch in range(1, 1 + PATIENCE):
            monitor.on_epoch_end(epoch, logs(**bad))
    monitor.restore()
    np.testing.assert_array_equal(weight.numpy(), good)


def test_everything_that_training_changes_is_restored(data):
    """Both players' optimizers, random states and the memories of terms included."""
    model = build(TECHNIQUES, data[0], 2)
    monitor = Monitor()
    monitor.set_model(model)
    monitor.on_train_begin()
    parts = [
        *(model.discriminator, model.classifier, model.generator),
        *(model.optimizer, model.generator_optimizer),
    ]
    variables = [v for part in parts for v in part.variables]
    terms = [term for term in model.terms if isinstance(term, HistoricalAveraging)]
    variables += [mean for term in terms for mean in term.means]
    variables += [generator.state for generator in model.seed_generators]
    variables.append(model.steps_done)
    before = [v.numpy() for v in variables]
    for v in variables:
        v.assign(v.numpy() + 1)
    monitor.restore()
    for v, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(v.numpy(), value, err_msg=v.path)


def test_generator_that_was_never_diverse_is_said_and_does_not_stop_the_run(monitor):
    with pytest.warns(UserWarning, match="since the start of the training") as said:
        for epoch in range(2 * PATIENCE):
            monitor.on_epoch_end(epoch, logs(diversity=COLLAPSED / 2))
    assert len(said) == 1


def test_saturated_discriminator_is_said_once(monitor):
    with pytest.warns(UserWarning, match="discriminator is saturated") as said:
        for epoch in range(3 * PATIENCE):
            monitor.on_epoch_end(epoch, logs(real_or_fake=1e-4))
    assert len(said) == 1


def test_saturated_discriminator_that_guesses_teach_stops_no_run(data):
    terms = (*TINY_GAME.terms, Part("PseudoLabels"))
    monitor = Monitor()
    monitor.set_model(build(dataclasses.replace(TINY_GAME, terms=terms), data[0], 2))
    monitor.on_train_begin()
    monitor.restarts_left = 1
    with pytest.warns(UserWarning, match="discriminator is saturated"):
        for epoch in range(PATIENCE):
            monitor.on_epoch_end(epoch, logs(real_or_fake=1e-4))


def test_what_was_learned_is_not_forgotten(monitor):
    """Accuracies nearer to chance, 0.5, than to the best are few in a row."""
    for accuracies, fails in [
        ([0.9, 0.69, 0.69, 0.69], True),
        ([0.9, 0.71, 0.71, 0.71], False),
        ([0.9, 0.69, 0.69, 0.8, 0.69, 0.69], False),
        ([0.74, 0.5, 0.5, 0.5], False),  # Little was learned.
        ([0.76, 0.5, 0.5, 0.5], True),
    ]:
        new = Monitor()
        new.set_model(monitor.model)
        for epoch, accuracy in enumerate(accuracies[:-1]):
            new.on_epoch_end(epoch, logs(accuracy=accuracy))
        failure = pytest.raises(TrainingFailed, match="has fallen")
        with failure if fails else no_warnings():
            new.on_epoch_end(len(accuracies), logs(accuracy=accuracies[-1]))


def test_loss_without_optional_terms_tells_divergence(data):
    model = build(TECHNIQUES, data[0], 2)
    monitor = Monitor(untrained_loss=2.0)
    monitor.set_model(model)
    terms = model.named_terms
    optional = {n for n, t in terms.items() if t.player == "discriminator"}
    optional -= {"real_or_fake"}
    assert len(optional) == 2
    assert {terms[name].weight for name in optional} != {1.0}
    losses = dict.fromkeys(optional, 70.0)
    more = sum(70 * terms[name].weight for name in optional)
    monitor.on_epoch_end(0, losses | {"loss": 5.9 + more})
    with pytest.raises(TrainingFailed, match="diverged: the loss is 6.1, .* is 2"):
        monitor.on_epoch_end(1, losses | {"loss": 6.1 + more})
