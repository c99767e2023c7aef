"""The weights of a player stay near their own past."""

from keras import ops

from ssgan.nn.registration import serializable
from ssgan.nn.terms.term import Term, expect_player


@serializable
class HistoricalAveraging(Term):
    """Keep the weights of a player near the mean of all their past values.

    ``|| theta - 1/t sum_(i=1..t) theta[i] ||^2``, with theta[i] the trained weights at
    training step i. The mean is kept online. Use it where the players go in circles:
    in a game of few weights it finds equilibria that gradient descent orbits.

    Parameters
    ----------
    weight : float, default=1.0
        See `Term`.
    player : {"discriminator", "generator"}, default="discriminator"
        Whose weights, and whose loss. For both players, use two terms.

    References
    ----------
    Salimans et al. 2016, section 3.3, arXiv:1606.03498.
    """

    suffices = False

    def __init__(self, weight=1.0, player="discriminator"):
        super().__init__(weight)
        self.player = expect_player(player)

    def build(self, model):
        self.means = [
            model.add_weight(
                shape=weight.shape,
                initializer="zeros",
                trainable=False,
                aggregation="only_first_replica",  # The same on all.
                name=f"mean_{i}",
            )
            for i, weight in enumerate(getattr(model, self.player).trainable_weights)
        ]

    def __call__(self, model, step):
        # The first mean is the first weights, whatever it was before.
        part = 1.0 / (1.0 + ops.cast(model.steps_done, "float32"))
        value = 0.0
        weights = getattr(model, self.player).trainable_weights
        for mean, weight in zip(self.means, weights, strict=True):
            now = ops.convert_to_tensor(weight)
            new = ops.stop_gradient(mean + part * (now - mean))
            mean.assign(new)
            value += ops.sum(ops.square(now - new))
        return value

    def get_config(self):
        return {**super().get_config(), "player": self.player}
