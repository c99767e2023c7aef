"""Sets of TFDS as its mock makes them: the real features, and random examples."""

import contextlib
from pathlib import Path


@contextlib.contextmanager
def mock_tfds(name, splits, n, folder):
    """Let `ssgan.load` find a set of TFDS with n random examples in each split.

    Parameters
    ----------
    name : str
        Such as "imagenet_resized/64x64".
    splits : sequence of str
    n : int
    folder : path
        Must be `TFDS_DATA_DIR`.
    """
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=folder)
    template = tfds.core.ShardedFileTemplate(
        data_dir=builder.data_dir,
        dataset_name=builder.name,
        filetype_suffix="tfrecord",
    )
    infos = [
        tfds.core.SplitInfo(
            name=split, shard_lengths=[n], num_bytes=0, filename_template=template
        )
        for split in splits
    ]
    builder.info.set_splits(tfds.core.SplitDict(infos))
    Path(builder.data_dir).mkdir(parents=True)
    builder.info.write_to_directory(builder.data_dir)
    with tfds.testing.mock_data(num_examples=n, data_dir=str(folder)):
        yield
