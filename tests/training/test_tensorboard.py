"""TensorBoard can read what is logged for it."""

import numpy as np
import pytest
from tiny import TINY_IMAGES

from ssgan import InputError, SSGANClassifier
from ssgan.training.tensorboard import TensorBoard


@pytest.mark.slow  # TensorBoard does most of it.
def test_tensorboard(tmp_path):
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    x = np.random.default_rng(0).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    SSGANClassifier(TINY_IMAGES, callbacks=[TensorBoard(tmp_path)]).fit(
        x, np.arange(40) % 4 - 1
    )

    def read(run):
        events = accumulator.EventAccumulator(
            str(tmp_path / "member-0" / run), size_guidance={"tensors": 0}
        )
        return events.Reload()

    tensors = read("train").Tags()["tensors"]
    assert {"epoch_loss", "epoch_generator_loss", "epoch_p_fake"} <= set(tensors)
    images = read("generated").Tensors("generated")
    assert [event.step for event in images] == [0, 1, 2, 3]


def test_folder_that_cannot_be_written_is_refused_at_once(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "logs"):
        with pytest.raises(InputError, match="a folder that can be written"):
            TensorBoard(folder)
