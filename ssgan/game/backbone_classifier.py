"""A classifier of images that learned from the features of a frozen network."""

import keras
from keras import ops

from ssgan.game.averaged_classifier import AveragedClassifier, Predictor
from ssgan.game.ensemble import members_of
from ssgan.nn.registration import serializable


@serializable
class BackboneClassifier(Predictor):
    """A frozen network, the backbone, and a classifier of its features, the head.

    Parameters
    ----------
    backbone : keras.Model
        From raw images, of shape (n, h, w, c), to features, of shape (n, d). Its first
        layer after the input is a `ssgan.nn.Preprocessor`. It always computes as in
        inference, and is never trained.
    head : AveragedClassifier or Ensemble
        Maps features to K logits.
    info : dict or None, default=None
        See `AveragedClassifier`.
    """

    # A backbone may need a GiB for 256 images.
    batch_size = 16

    def __init__(self, backbone, head, info=None, **kwargs):
        super().__init__(**kwargs)
        backbone.trainable = False
        self.backbone = backbone
        self.head = head
        self.info = dict(info or {})
        self.built = True

    @property
    def members(self):
        """The models that make up the head, a list of AveragedClassifier."""
        return members_of(self.head)

    @property
    def preprocessor(self):
        """The layer that rescales raw images."""
        return self.backbone.layers[1]

    @property
    def example_shape(self):
        """Shape of one raw image, (h, w, c)."""
        return self.backbone.input_shape[1:]

    def call(self, x, training=False):
        """Return the head's logits for raw images, in float32."""
        return self.head(self._embed(x), training=training)

    def _features(self, x):
        return self.head._features(self._embed(x))

    def _embed(self, x):
        x = self.backbone(ops.cast(x, "float32"), training=False)
        return ops.cast(x, "float32")

    def get_config(self):
        parts = {
            part: keras.saving.serialize_keras_object(getattr(self, part))
            for part in ("backbone", "head")
        }
        # What is known of the head is known of the whole.
        parts["head"]["config"]["info"] = {}
        return {**super().get_config(), **parts, "info": self.info}

    from_config = classmethod(AveragedClassifier.from_config.__func__)
