"""What stands in for a classifier whose generator makes noise."""

import numpy as np


class NoiseGenerator:
    """Makes images of one shape, with pixels from 0 to a number."""

    def __init__(self, shape, white):
        self.example_shape_, self.raw_range_ = shape, (0.0, white)

    def sample(self, n, random_state):
        noise = np.random.default_rng(random_state).random((n, *self.example_shape_))
        return self.raw_range_[1] * noise
