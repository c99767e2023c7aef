"""A training that fails is noticed."""

import numpy as np
import pytest
from tiny import TECHNIQUES, TINY

from ssgan.errors import InputError
from ssgan.nn.terms import HistoricalAveraging
from ssgan.training.build import build
from ssgan.training.monitor import COLLAPSED, PATIENCE, Monitor, TrainingFailed


@pytest.fixture
def monitor(data):
    monitor = Monitor()
    monitor.set_model(build(TINY, data[0], 2))
    monitor.on_train_begin()
    return monitor


def test_broken_weights_at_the_start_are_refused(data):
    monitor, model = Monitor(), build(TINY, data[0], 2)
    monitor.set_model(model)
    weights = model.discriminator.get_weights()
    model.discriminator.set_weights([np.nan * w for w in weights])
    with pytest.raises(InputError, match="a model of finite weights to train"):
        monitor.on_train_begin()


def logs(diversity=1.0, real_or_fake=0.5):
    return {"diversity": diversity, "real_or_fake": real_or_fake}


def test_collapsed_generator_stops_the_run_and_the_last_good_state_is_kept(monitor):
    weight = monitor.model.generator.trainable_variables[0]
    monitor.on_epoch_end(0, logs())
    good = weight.numpy()
    weight.assign(weight * 0)
    with pytest.raises(TrainingFailed, match="generator has collapsed"):
        for epoch in range(1, 1 + PATIENCE):
            monitor.on_epoch_end(epoch, logs(diversity=COLLAPSED / 2))
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
