"""Recipes become models; runs that go wrong are noticed, said and mended."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from ssgan import recipes, training
from ssgan.classifier import AveragedClassifier
from ssgan.errors import InputError
from ssgan.model import SSGAN
from ssgan.monitor import COLLAPSED, PATIENCE, Monitor, WentWrong
from ssgan.optimizers import Adam, HoldThenDecay
from ssgan.recipes import RECIPES, Part

TINY = dataclasses.replace(
    recipes.VECTORS,
    discriminator=Part("mlp_discriminator", {"units": (8,), "input_noise": 0.0}),
    generator=Part("mlp_generator", {"units": (8,), "activation": "linear"}),
    latent_dim=3,
    labeled_size=4,
    unlabeled_size=8,
    steps=40,
    hold=20,
)


@pytest.fixture
def data(rng):
    codes = np.arange(40) % 2
    x = (rng.normal(size=(40, 3)) + 3 * codes[:, None]).astype("float32")
    return x, x[:6], codes[:6]


def test_large_columns_are_no_matter_in_half_precision(data, set_policy):
    x = data[0]
    set_policy("mixed_float16")
    with_them = training.build(TINY, 1e5 * x + 1e6, 2)
    logits = training.build(TINY, x, 2)(x)
    np.testing.assert_allclose(with_them(1e5 * x + 1e6), logits, atol=0.02)
    assert np.ptp(logits) > 1


def test_schedule_holds_then_falls_to_zero():
    schedule = HoldThenDecay(0.5, hold=10, steps=30)
    rates = [float(schedule(step)) for step in (0, 10, 20, 30, 40)]
    np.testing.assert_allclose(rates, [0.5, 0.5, 0.25, 0, 0])
    again = HoldThenDecay.from_config(schedule.get_config())
    assert float(again(20)) == 0.25


@pytest.mark.parametrize("compiled", [None, False, True])
def test_fused_adam_is_the_papers_algorithm(compiled, rng):
    # So small that epsilon counts, and that its place does.
    gradients = 1e-4 * rng.normal(size=(5, 2, 3)).astype("float32")
    variable = keras.Variable(np.ones((2, 3), "float32"))
    optimizer = Adam(HoldThenDecay(0.1, 2, 6), 0.5, epsilon=1e-4)
    optimizer.build([variable])

    def update(gradient):
        optimizer.apply([gradient], [variable])

    if compiled is not None:
        update = tf.function(update, jit_compile=compiled)
    expected, m, v = np.ones((2, 3)), 0, 0
    # Kingma and Ba 2015, algorithm 1.
    for t, (gradient, rate) in enumerate(
        zip(gradients, 0.1 * np.array([1, 1, 1, 0.75, 0.5]), strict=True), start=1
    ):
        update(tf.constant(gradient))
        m = 0.5 * m + 0.5 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        corrected = m / (1 - 0.5**t), v / (1 - 0.999**t)
        expected = expected - rate * corrected[0] / (np.sqrt(corrected[1]) + 1e-4)
        np.testing.assert_allclose(variable, expected, rtol=1e-4)


def test_fused_adam_refuses_what_it_lacks():
    variable = keras.Variable(1.0)
    with pytest.raises(ValueError, match="amsgrad=False"):
        Adam(amsgrad=True).apply([tf.constant(1.0)], [variable])


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_survives_json(recipe):
    text = json.dumps(dataclasses.asdict(recipe))
    assert recipes.from_dict(json.loads(text)) == recipe
    supervised = recipe.supervised()
    assert supervised.generator is None
    assert supervised.terms == ()
    assert supervised.steps == recipe.steps


def test_lasting_keeps_the_schedules_proportion():
    longer = dataclasses.replace(TINY, steps=100, hold=25).lasting(200)
    assert (longer.steps, longer.hold) == (200, 50)


def test_recipe_shows_what_is_not_default():
    """So that recorded rows keep their recipe's name when an option is added."""
    shown = repr(recipes.IMAGES)
    assert "learning_rate=0.003" in shown
    assert "in_turn=False" in shown
    assert "strong_augmentation" not in shown
    assert "strong_augmentation" in repr(
        dataclasses.replace(recipes.IMAGES, strong_augmentation=(Part("RandomAffine"),))
    )


def test_papers_recipes_number_for_number():
    assert RECIPES["mnist"].steps == 300 * 60_000 // 100
    assert RECIPES["cifar10"].steps == 1200 * 50_000 // 100
    assert RECIPES["svhn"].steps == 900 * (73_257 // 100)
    for name, norm, rate in (
        ("mnist", "l2", 0.003),
        ("cifar10", "l1", 0.0003),
        ("svhn", "l1", 0.0003),
    ):
        recipe = RECIPES[name]
        assert (recipe.matching_norm, recipe.learning_rate) == (norm, rate)
        assert (recipe.beta_1, recipe.beta_2, recipe.in_turn) == (0.5, 0.999, True)
        assert (recipe.labeled_size, recipe.unlabeled_size) == (100, 100)
        assert (recipe.latent_dim, recipe.averaging_step) == (100, 1e-4)
        assert recipe.augmentation == ()
        assert recipe.terms == ()


@pytest.mark.parametrize(
    ("recipe", "kind"), [(TINY, SSGAN), (TINY.supervised(), AveragedClassifier)]
)
def test_build_and_train_to_the_end(recipe, kind, data):
    x, x_labeled, y = data
    model = training.build(recipe, x, 2, seed=1)
    assert type(model) is kind
    training.train(recipe, model, x_labeled, y, x)
    assert int(model.updates) == recipe.steps
    assert int(model.optimizer.iterations) == recipe.steps
    again = training.build(recipe, x, 2, seed=1)
    training.train(recipe, again, x_labeled, y, x)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_range_of_pixels():
    pixels = np.full((20, 8, 8, 1), 255, np.uint8)
    pixels[0] = 0
    for recipe, bottom, top in ((recipes.IMAGES, 0, 1), (recipes.CIFAR10, -1, 1)):
        for images in (pixels, pixels.astype("float32") / 51 - 2):  # -2 to 3
            layer = training._preprocessor(recipe, images)
            seen = np.asarray(layer(images))
            np.testing.assert_allclose([seen.min(), seen.max()], [bottom, top], 1e-5)


@pytest.mark.parametrize("compiled", [False, True])
def test_changes_of_photographs_stay_in_their_range(compiled, rng):
    """Those of form and of color, in a graph and under XLA."""
    photos = rng.integers(0, 256, (20, 16, 16, 3)).astype("uint8")
    layer = training._changes(recipes.PHOTOS.augmentation, "changes")
    plain = training._preprocessor(recipes.PHOTOS, photos)(photos)
    change = tf.function(lambda x: layer(x, training=True), jit_compile=compiled)
    changed = change(plain).numpy()
    assert changed.shape == photos.shape
    assert changed.min() >= -1
    assert changed.max() <= 1
    # Of an even gray, contrast and place change nothing: brightness is left.
    gray = change(np.zeros((20, 16, 16, 3), "float32")).numpy()
    assert np.all(gray.std(axis=(1, 2, 3)) < 1e-6)
    assert 0.05 < np.abs(gray).max() <= 0.2
    assert len(np.unique(gray[:, 0, 0, 0])) > 10
    np.testing.assert_array_equal(layer(plain, training=False), plain)


@pytest.mark.parametrize("compiled", [False, True])
def test_strong_changes_of_photographs_erase_some_of_each(compiled, rng):
    layer = training._changes(recipes.PHOTOS.strong_augmentation, "changes")
    photos = rng.uniform(0.1, 1, (500, 32, 32, 3)).astype("float32")
    change = tf.function(lambda x: layer(x, training=True), jit_compile=compiled)
    changed = change(photos).numpy()
    erased = (changed == 0).all(axis=-1)
    np.testing.assert_array_equal(changed[~erased], photos[~erased])
    shares = erased.mean(axis=(1, 2))
    # 5 to 25 % of the area, but for whole pixels.
    assert 0.04 < shares.min() < 0.07 < 0.2 < shares.max() < 0.27
    rows = [len(np.unique(e[e.any(axis=1)], axis=0)) for e in erased]
    assert set(rows) == {1}, "a rectangle"
    assert len(np.unique(erased.argmax(axis=1))) > 10, "anywhere"


def test_interrupted_run_goes_on_from_its_checkpoint(data, tmp_path):
    x, x_labeled, y = data
    path = tmp_path / "member.keras"

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    model = training.build(TINY, x, 2)
    with pytest.raises(KeyboardInterrupt):
        training.train(
            TINY, model, x_labeled, y, x, callbacks=[Interrupt()], checkpoint=path
        )
    resumed = training.load(path)
    done = int(resumed.updates)
    assert done == 2 * training.report_interval(TINY)
    for before, after in zip(model.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(before.numpy(), after.numpy())
    assert int(resumed.generator_optimizer.iterations) == done
    training.train(TINY, resumed, x_labeled, y, x, checkpoint=path)
    assert int(resumed.updates) == TINY.steps
    kept = {"member.keras", "member.jsonl"}
    assert {p.name for p in tmp_path.iterdir() if p.suffix != ".npy"} == kept


def test_load_refuses_what_is_not_ours(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(InputError, match="Expected a model that ssgan wrote"):
        training.load(path)


class Poison(keras.callbacks.Callback):
    """Make a network's last weight NaN, `times` times, after the second epoch."""

    def __init__(self, times, network="discriminator"):
        super().__init__()
        self.times = times
        self.network = network

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2 and self.times:
            self.times -= 1
            weight = getattr(self.model, self.network).weights[-1]
            weight.assign(weight * np.nan)


@pytest.mark.parametrize(
    ("network", "what"),
    [("discriminator", "The loss"), ("classifier", "A weight")],
    ids=["it shows in the loss", "the loss does not show it"],
)
def test_what_is_not_finite_is_mended(data, network, what):
    x, x_labeled, y = data
    model = training.build(TINY, x, 2)
    said = f"{what} is no longer finite.*half the learning rate"
    with pytest.warns(UserWarning, match=said):
        training.train(TINY, model, x_labeled, y, x, callbacks=[Poison(1, network)])
    assert int(model.updates) == TINY.steps
    assert np.isfinite(model.predict(x)).all()
    assert model.optimizer._learning_rate.rate == TINY.learning_rate / 2


@pytest.mark.filterwarnings("ignore:The loss is no longer finite")
def test_loss_that_cannot_be_mended_is_said(data):
    x, x_labeled, y = data
    model = training.build(TINY, x, 2)
    with pytest.raises(FloatingPointError, match="went wrong again after 3 restarts"):
        training.train(TINY, model, x_labeled, y, x, callbacks=[Poison(10)])


@pytest.fixture
def monitor(data):
    monitor = Monitor()
    monitor.set_model(training.build(TINY, data[0], 2))
    monitor.on_train_begin()
    return monitor


def logs(diversity=1.0, unsupervised_loss=0.5):
    return {"diversity": diversity, "unsupervised_loss": unsupervised_loss}


def test_collapsed_generator_stops_the_run_and_the_last_good_state_is_kept(monitor):
    weight = monitor.model.generator.trainable_variables[0]
    monitor.on_epoch_end(0, logs())
    good = weight.numpy()
    weight.assign(weight * 0)
    with pytest.raises(WentWrong, match="generator has collapsed"):
        for epoch in range(1, 1 + PATIENCE):
            monitor.on_epoch_end(epoch, logs(diversity=COLLAPSED / 2))
    monitor.restore()
    np.testing.assert_array_equal(weight.numpy(), good)


def test_generator_that_was_never_diverse_has_not_collapsed(monitor, recwarn):
    for epoch in range(2 * PATIENCE):
        monitor.on_epoch_end(epoch, logs(diversity=COLLAPSED / 2))
    assert not recwarn


def test_saturated_discriminator_is_said_once(monitor):
    with pytest.warns(UserWarning, match="discriminator is saturated") as said:
        for epoch in range(3 * PATIENCE):
            monitor.on_epoch_end(epoch, logs(unsupervised_loss=1e-4))
    assert len(said) == 1
