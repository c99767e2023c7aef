"""What a training step must know when `tf.distribute` runs it on several devices.

Each replica holds a part of the batch and all weights. Keras sums the gradients over
the replicas; so the losses of each count 1/n, and the means that stand inside of a
square or a norm are taken over all. On one device every function here does nothing.
"""

import tensorflow as tf
from keras import ops


def count():
    """Return the number of replicas that share a batch."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def batch_mean(x):
    """Return the mean over the first axis of the whole batch, on all replicas."""
    mean = ops.mean(x, axis=0)
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return mean
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, mean)


def seed(generator):
    """Return the next seed of a `keras.random.SeedGenerator`, another on each replica.

    It is for TensorFlow's stateless functions. Keras keeps the generator's state alike
    on all replicas: they would add the same noise, and generate the same examples.
    """
    drawn = ops.cast(generator.next(), "int32")
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return drawn
    place = ops.cast(context.replica_id_in_sync_group, drawn.dtype)
    return drawn + ops.stack([ops.zeros_like(place), 1_000_003 * place])


def add(variables, values):
    """Add to variables that are alike on all replicas what each of them computed."""

    def everywhere(strategy, values):
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
        context.merge_call(everywhere, (values,))


def stream(strategy, make):
    """Return batches for each replica, which together are the batches of one device.

    Parameters
    ----------
    strategy : tf.distribute.Strategy
    make : callable
        ``make(n)`` returns a `tf.data.Dataset` of batches of an n-th of the size, such
        that n in a row hold what one of the whole size would.
    """
    n = strategy.num_replicas_in_sync
    if n == 1:
        return make(1)
    return strategy.distribute_datasets_from_function(
        lambda context: make(n).shard(
            context.num_input_pipelines, context.input_pipeline_id
        )
    )
