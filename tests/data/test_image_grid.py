import numpy as np

from ssgan.data import image_grid


def test_image_grid_has_the_range_of_its_source():
    x = np.array([[[0, 8]], [[4, 20]], [[-1, 16]]], dtype="float32")
    image = np.asarray(image_grid.grid(x, value_range=(0, 16), columns=2))
    assert image.tolist() == [[0, 128, 64, 255], [0, 255, 0, 0]]
    apart = np.asarray(image_grid.grid(x, columns=3, gap=1))
    assert apart.shape == (1, 8, 4)
    assert apart[0, :, 3].tolist() == [255, 255, 0, 255, 255, 0, 255, 255]
