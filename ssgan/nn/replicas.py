"""What a training step needs so that `tf.distribute` can run it on several devices.

Each replica holds a part of the batch, and all weights. Keras sums the gradients over
the n replicas. So each replica's loss counts 1/n, and means inside a square or a norm
are taken over all replicas. On one device these functions change nothing.
"""

import tensorflow as tf
from keras import ops


def count():
    """Return the number of replicas that share a batch."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def batch_mean(x):
    """Return the mean over the first axis, of the batch of all replicas together."""
    mean = ops.mean(x, axis=0)
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return mean
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, mean)


def whole_batch(x):
    """Return the batch of all replicas together, of which each has a part (n, ...)."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return x
    place = tf.one_hot(context.replica_id_in_sync_group, count(), dtype=x.dtype)
    # Each replica's part at its own place, and zeros from the others.
    parts = tf.tensordot(place, x, axes=0)
    parts = context.all_reduce(tf.distribute.ReduceOp.SUM, parts)
    return tf.reshape(parts, [-1, *x.shape[1:]])


def seed(generator):
    """Return the next seed of a SeedGenerator, a different one on each replica.

    For TensorFlow's stateless functions. Keras keeps the generator's state equal on all
    replicas, which would then add the same noise and generate the same examples.
    """
    drawn = ops.cast(generator.next(), "int32")
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return drawn
    replica = ops.cast(context.replica_id_in_sync_group, drawn.dtype)
    return drawn + ops.stack([ops.zeros_like(replica), 1_000_003 * replica])


def add(variables, values):
    """Add each replica's values to variables that are equal on all replicas."""

    def on_all(strategy, values):
        for variable, value in zip(variables, values, strict=True):
            strategy.extended.update(
                variable.value,
                lambda v, more: v.assign_add(more),
                (value,),
                group=False,
            )

    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        for variable, value in zip(variables, values, strict=True):
            variable.assign_add(value)
    else:
        context.merge_call(on_all, (values,))


def stream(strategy, make):
    """Distribute batches so that all replicas together see what one device would.

    Parameters
    ----------
    strategy : tf.distribute.Strategy
    make : callable
        ``make(n)`` returns a `tf.data.Dataset` whose batches have an n-th of the size,
        such that n consecutive ones hold what one whole batch would.
    """
    n = strategy.num_replicas_in_sync
    if n == 1:
        return make(1)
    return strategy.distribute_datasets_from_function(
        lambda context: make(n).shard(
            context.num_input_pipelines, context.input_pipeline_id
        )
    )
