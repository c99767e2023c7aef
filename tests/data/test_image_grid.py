import numpy as np

from ssgan.data import image_grid


def test_image_grid_has_the_range_of_its_source():
    x = np.array([[[0, 8]], [[4, 20]], [[-1, 16]]], dtype="float32")
    image = np.asarray(image_grid.grid(x, value_range=(0, 16), columns=2))
    assert image.tolist() == [[0, 128, 64, 255], [0, 255, 0, 0]]
    apart = np.asarray(image_grid.grid(x, columns=3, gap=1))
    assert apart.shape == (1, 8, 4)
    assert apart[0, :, 3].tolist() == [255, 255, 0, 255, 255, 0, 255, 255]


def test_a_sheet_shows_small_images_large_and_no_image_where_there_is_none():
    x = np.zeros((3, 8, 8), "uint8")
    x[0, 0, 0] = 255
    image = image_grid.sheet(x, (0, 255))
    assert (image.mode, image.size) == ("RGB", (8 * 17, 8 * 17))
    image = np.asarray(image)
    assert (image[:8, :8] == 255).all()
    assert (image[8:64, :64] == 0).all()
    ground = np.array(image_grid.GROUND[:3])
    assert (image[:, 64:72] == ground).all()  # The gap,
    assert (image[72:, 72:] == ground).all()  # and the cell without an image.


def test_a_sheet_keeps_large_images_and_what_is_transparent():
    x = np.zeros((2, 70, 30, 4), "uint8")
    image = image_grid.sheet(x, (0, 255))
    assert (image.mode, image.size) == ("RGBA", (61, 70))
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_sheet_of_many_images_stays_a_file_that_can_be_opened(monkeypatch):
    monkeypatch.setattr(image_grid, "MAX_PIXELS", 4 * 17**2)
    assert image_grid.sheet(np.eye(8)[[[0] * 8] * 3]).size == (2 * 17, 2 * 17)
