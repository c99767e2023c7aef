import gc
import os
import random
import shutil
import signal
import subprocess
import sys

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers have a core each. With more threads than cores, most of the time of small
    # products is spent on waiting: a part of the tests took 132 s that takes 58 now.
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
    }

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As `ssgan` says; a test may import Keras before.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def pytest_collection_finish():
    """What is imported by now stays; to look for garbage in it takes time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def seeds():
    """Start every test from the same random state."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002, Keras draws its own seeds from it.
    # Tests that do without TensorFlow are not made to wait for it.
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def ctrl_c():
    """Ctrl-C is heard, also where tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def dead():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def need():
    """A function that skips the test unless a real data set is at hand."""

    def need(name):
        from ssgan.data.sources import catalog

        prepared = {entry.name for entry in catalog() if entry.prepared}
        if f"tfds:{name}" not in prepared:
            pytest.skip(f"TFDS has not prepared {name} in TFDS_DATA_DIR")

    return need


@pytest.fixture(scope="session")
def fitted_digits(tmp_path_factory):
    """A folder that ``ssgan fit`` filled, and the command. Tests leave it as it is."""
    from command_line import run

    folder = tmp_path_factory.mktemp("fit") / "digits"
    command = f"fit digits --out {folder} --labels 20 --seed 3 --steps 40"
    run(*command.split())
    return folder, f"ssgan {command}"


@pytest.fixture
def vector_pair():
    """A discriminator of 6 numbers into 3 classes, and its generator."""
    from keras import Sequential, layers

    from ssgan.nn import WeightNormalization

    discriminator = Sequential(
        [
            layers.Input((6,)),
            WeightNormalization(layers.Dense(4, "tanh"), train_scale=False),
            WeightNormalization(layers.Dense(3)),
        ]
    )
    generator = Sequential(
        [
            layers.Input((2,)),
            WeightNormalization(layers.Dense(5, "tanh")),
            WeightNormalization(layers.Dense(6)),
        ]
    )
    return discriminator, generator


@pytest.fixture(scope="module")
def image_pair():
    """A discriminator of 6 x 6 gray pixels into 3 classes, and its generator."""
    from keras import Sequential, layers, utils

    from ssgan.nn import WeightNormalization

    # A fixture of wider scope comes before the seeds of the test.
    utils.set_random_seed(0)
    discriminator = Sequential(
        [
            layers.Input((6, 6, 1)),
            WeightNormalization(layers.Conv2D(4, 3, 2, activation="leaky_relu")),
            layers.GlobalAveragePooling2D(name="features"),
            layers.GaussianNoise(0.1),
            WeightNormalization(layers.Dense(3)),
        ]
    )
    generator = Sequential(
        [
            layers.Input((2,)),
            WeightNormalization(layers.Dense(18, "relu")),
            layers.Reshape((3, 3, 2)),
            WeightNormalization(layers.Conv2DTranspose(1, 3, 2, "same")),
            layers.Activation("tanh"),
        ]
    )
    return discriminator, generator


@pytest.fixture
def set_policy():
    """Return the function that sets the dtype policy, until the test ends."""
    import keras

    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.fixture(scope="module")
def browser():
    """A headless browser of the machine's, or Playwright's own."""
    api = pytest.importorskip("playwright.sync_api")
    names = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
    found = next(filter(None, map(shutil.which, names)), None)
    with api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        if found is None and not os.path.exists(own):
            pytest.skip("no browser: neither chromium nor google-chrome is installed")
        browser = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-quic",
            ],
        )
        yield browser
        browser.close()
