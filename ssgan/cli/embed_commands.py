"""The command embed, and images as features for fit."""

from pathlib import Path
from typing import Annotated

import typer

from ssgan.cli.models import expect_other
from ssgan.cli.options import BACKBONE, SizeWithBackbone, Source, Weights
from ssgan.errors import counted, expect
from ssgan.support.quiet import import_tensorflow


def embed(
    source: Source,
    backbone: Annotated[str, BACKBONE],
    out: Annotated[Path, typer.Option(help="The .npz file to write.")],
    weights: Weights = None,
    size: SizeWithBackbone = None,
):
    """Write the features that a frozen network makes of images.

    The file also has the labels and the test part of the source, and `ssgan fit` takes
    it. If it already has the features of the same images by the same network, nothing
    is computed again.

    A model that is fitted to the file takes features. With `ssgan fit SOURCE --backbone
    MODEL` it takes images.

    Example: ssgan embed pets --backbone MobileNetV2 --out features.npz

    Example: ssgan fit features.npz --out pets-model
    """
    expect(out.suffix == ".npz", "--out to end in .npz", out)
    expect_other(out, source)
    embedded = images_as_features(source, backbone, out, weights, size)
    parts = embedded.data.x_train, embedded.data.x_test
    n = sum(len(x) for x in parts if x is not None)
    d = parts[0].shape[1]
    what = f"{counted(n, 'example')} with {counted(d, 'feature')} each"
    print(f"{'Written' if embedded.written else 'Unchanged'}: {out}, {what}")


def images_as_features(source, backbone, path, weights=None, size=None):
    """Load images, and their features, which a file keeps.

    The result is an `ssgan.estimator.embeddings.Embedded`.
    """
    from ssgan.data.image_files import SUFFIXES
    from ssgan.data.sources import load

    import_tensorflow()
    from ssgan.estimator.backbones import load_backbone
    from ssgan.estimator.embeddings import embed_data
    from ssgan.training.progress import track

    network = load_backbone(backbone, weights, size)
    height, width, channels = network.image_shape
    # Other images stay as they are: the network itself resizes them.
    named = source == "digits" or source.startswith("tfds:")
    are_files = Path(source).expanduser().is_dir() or source.lower().endswith(SUFFIXES)
    given = height and width and are_files and not named
    data = load(source, shape=(height, width, channels) if given else None)

    def tracked(batches):
        return track(batches, f"features of {data.name}")

    embedded = embed_data(data, network, path, tracked)
    if not embedded.computed:
        print(
            f"{path} has the features of these images by {network.name} already: "
            "nothing is computed again."
        )
    return embedded
