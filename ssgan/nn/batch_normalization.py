"""Batch normalization in one operation."""

import keras
import tensorflow as tf

from ssgan.nn.registration import serializable


@serializable
class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalization of feature maps, by the operation that TensorFlow has for it.

    Keras writes it as some twenty operations, each of which reads and writes the whole
    feature map, and the gradient as many more. On processors these take longer than the
    convolutions in bfloat16. Means and variances are float32 in mixed precision, too.

    Parameters
    ----------
    epsilon : float, at least 1e-5, default=1e-4
        Added to the variances. GPUs do not take less.
    **kwargs
        Other arguments of `keras.layers.BatchNormalization`, but not `renorm`. Where it
        is `synchronized` over several devices, it is computed as Keras does.

    Raises
    ------
    ValueError
        If epsilon is less, `renorm` is asked for, or channels are not the last of four
        axes.

    References
    ----------
    Ioffe and Szegedy 2015, Algorithm 1, arXiv:1502.03167.
    """

    def __init__(self, epsilon=1e-4, **kwargs):
        super().__init__(epsilon=epsilon, **kwargs)
        if not epsilon >= 1e-5:
            raise ValueError(f"Expected epsilon of at least 1e-5. Received: {epsilon}")
        if self.renorm:
            raise ValueError("Expected no renorm. Received: renorm=True")

    def build(self, input_shape):
        if len(input_shape) != 4 or self.axis not in (-1, 3):
            raise ValueError(
                "Expected feature maps of shape (n, height, width, channels), and axis "
                f"-1. Received: shape {tuple(input_shape)}, axis {self.axis}"
            )
        super().build(input_shape)

    def call(self, inputs, training=None):
        if self.synchronized:
            return super().call(inputs, training=training)
        learns = bool(training and self.trainable)
        moving = self.moving_mean, self.moving_variance
        means, variances = ([], []) if learns else map(tf.convert_to_tensor, moving)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=tf.cast(inputs, self.compute_dtype),
            scale=self._of(self.gamma, 1.0),
            offset=self._of(self.beta, 0.0),
            mean=means,
            variance=variances,
            epsilon=self.epsilon,
            is_training=learns,
        )
        if learns:
            for average, of_batch in zip(moving, (mean, variance), strict=True):
                change = (1 - self.momentum) * (of_batch - average)
                average.assign(average + change)
        return outputs

    def _of(self, weight, constant):
        """Return a weight of each channel, or a constant where there is none."""
        if weight is None:
            return tf.fill(self.moving_mean.shape, constant)
        return tf.convert_to_tensor(weight)
