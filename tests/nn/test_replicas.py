"""Several devices, and several processes, train as one does.

For several, the test runs this file as a program: TensorFlow must know its devices
before it starts.
"""

import dataclasses
import functools
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ssgan.recipes import Part

STEPS = 20


def draw_latents(model, n, seed=None, classes=None):
    """In place of the method of `SSGAN`: slices of what one device would draw."""
    import tensorflow as tf

    from ssgan.nn import replicas

    parts, context = replicas.count(), tf.distribute.get_replica_context()
    place = 0 if context is None else context.replica_id_in_sync_group
    # A seed is given by the training log, which runs on the first worker alone.
    key = (0, seed)
    if seed is None:
        key = tf.cast(model.seed_generator.next(), "int32")
    whole = model.latents(n * parts, key)
    return tf.slice(whole, [place * n, 0], [n, model.latents.dim])


def train(strategy, folder, replicas, alternating, techniques=False):
    """Train a small game; write what came of it to the folder."""
    import keras
    from tiny import TECHNIQUES, TINY_GAME

    from ssgan import SSGANClassifier
    from ssgan.training.build import build
    from ssgan.training.loop import train as run_training

    recipe = TECHNIQUES if techniques else TINY_GAME
    quiet = {"units": (8, 6), "input_noise": 0.0, "noise": 0.0}
    recipe = dataclasses.replace(
        recipe.with_steps(STEPS).with_term(
            "PseudoLabels", confidence=0.5, candidates=2
        ),
        discriminator=Part("mlp_discriminator", recipe.discriminator.options | quiet),
        generator=Part("mlp_generator", recipe.generator.options | {"units": (7,)}),
        alternating=alternating,
    )
    codes = np.arange(40) % 2
    x = np.random.default_rng(0).normal(size=(40, 3)) + codes[:, None]
    x = x.astype("float32")
    losses = []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: losses.append(logs)
    )
    with strategy.scope():
        model = build(recipe, x, 2)
    assert model.distribute_strategy.num_replicas_in_sync == replicas
    run_training(
        recipe,
        model,
        x[:10],
        codes[:10],
        x,
        class_weight={0: 1.0, 1: 2.0},
        callbacks=[keep],
        checkpoint=folder / "checkpoint.keras",
    )
    weights = [model.classifier.weights, model.generator.weights]
    result = {
        "losses": losses,
        "weights": [w.numpy().ravel().tolist() for part in weights for w in part],
        "logits": model.predict(x, verbose=0).ravel().tolist(),
    }
    (folder / "result.json").write_text(json.dumps(result))
    if replicas > 1:
        # The argument that users give.
        classifier = SSGANClassifier(recipe, steps=10, strategy=strategy)
        classifier.fit(x, np.where(np.arange(40) < 10, codes, -1), checkpoints=folder)
        assert classifier.model_.distribute_strategy is strategy
        assert classifier.predict_proba(x).shape == (40, 2)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return a function that trains on one device, in this process."""

    @functools.cache
    def alone(alternating, techniques=False):
        import tensorflow as tf

        from ssgan.game.model import SSGAN

        folder = tmp_path_factory.mktemp("alone")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SSGAN, "draw_latents", draw_latents)
            strategy = tf.distribute.get_strategy()
            train(strategy, folder, 1, alternating, techniques)
        return json.loads((folder / "result.json").read_text())

    return alone


@pytest.fixture
def run(tmp_path):
    """Return a function that starts this file, once for each worker."""

    def run(kind, alternating, workers=1, techniques=False):
        ports = []
        for _ in range(workers):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                ports.append(free.getsockname()[1])
        cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
        started = []
        for i in range(workers):
            folder = tmp_path / f"{kind}-{i}"
            folder.mkdir()
            env = os.environ | {
                "PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[1:3])),
                "TF_CPP_MIN_LOG_LEVEL": "3",
            }
            if workers > 1:
                task = {"type": "worker", "index": i}
                env["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
            flags = str(alternating), str(techniques)
            command = [sys.executable, __file__, kind, folder, *flags]
            process = subprocess.Popen(
                command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            started.append((folder, process))
        results = []
        for folder, process in started:
            output, _ = process.communicate(timeout=240)
            assert process.returncode == 0, output.decode()[-3000:]
            results.append(json.loads((folder / "result.json").read_text()))
        return results, [
            (folder / "checkpoint.keras").exists() for folder, _ in started
        ]

    return run


def assert_same(one, other):
    """The order of a sum is all that may differ: 1e-4 of the value, 1e-5 near zero."""
    assert one["losses"][0].keys() == other["losses"][0].keys()
    for before, after in zip(one["losses"], other["losses"], strict=True):
        for name in before.keys() - {"diversity"}:  # Of each replica's own part.
            assert before[name] == pytest.approx(after[name], rel=1e-4, abs=1e-5), name
    for before, after in zip(one["weights"], other["weights"], strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(other["logits"], one["logits"], rtol=1e-3, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("alternating", [False, True], ids=["at once", "alternating"])
def test_two_devices_train_as_one(run, alone, alternating):
    [shared], _ = run("mirrored", alternating)
    assert_same(alone(alternating), shared)


@pytest.mark.slow
def test_two_devices_share_the_techniques_for_samples(run, alone):
    [shared], _ = run("mirrored", alternating=True, techniques=True)
    assert_same(alone(True, techniques=True), shared)


@pytest.mark.slow  # They do what two devices do, at three times the cost.
def test_two_workers_train_as_one_and_one_writes(run, alone):
    results, written = run("workers", alternating=False, workers=2)
    for result in results:
        assert_same(alone(False), result)
    assert written == [True, False]


def main(kind, folder, alternating, techniques):
    """Train with the devices that a test asks for."""
    import tensorflow as tf

    from ssgan.game.model import SSGAN

    if kind == "mirrored":
        [cpu] = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, 2 * [tf.config.LogicalDeviceConfiguration()]
        )
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    else:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    SSGAN.draw_latents = draw_latents
    train(strategy, Path(folder), 2, alternating == "True", techniques == "True")


if __name__ == "__main__":
    main(*sys.argv[1:])
