import gc
import os
import struct
import tempfile
import warnings

import numpy as np
import pytest
from images import RED, WHITE, color, gray, save
from PIL import Image
from warned import no_warnings

from ssgan.data import image_files, storage
from ssgan.data.folders import load_files
from ssgan.data.sources import load
from ssgan.errors import InputError


def palette_image(grays):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, *((9, 9, 9) if grays else (9, 8, 7))])
    return image


def sixteen_bits(value):
    return Image.fromarray(np.full((4, 4), value, np.uint16))


@pytest.mark.parametrize(
    ("name", "image", "pixel"),
    [
        ("a.png", Image.new("L", (4, 4), 7), 7),
        ("a.png", Image.new("1", (4, 4), 1), 255),
        ("a.png", sixteen_bits(65535), 255),
        ("a.tif", sixteen_bits(257 * 100 + 128), 100),
        ("a.png", sixteen_bits(257 * 100 + 129), 101),
        ("a.png", Image.new("LA", (4, 4), (7, 0)), 255),
        ("a.png", Image.new("LA", (4, 4), (7, 255)), 7),
        ("a.png", palette_image(grays=True), 9),
        ("a.gif", Image.new("L", (4, 4), 7), 7),
        ("a.png", palette_image(grays=False), [9, 8, 7]),
        ("a.bmp", Image.new("RGB", (4, 4), "red"), RED),
        ("a.webp", Image.new("RGB", (4, 4), "white"), 255),
        ("a.png", Image.new("RGBA", (4, 4), (255, 0, 0, 255)), RED),
        ("a.png", Image.new("RGBA", (4, 4), (0, 0, 0, 0)), 255),
        ("a.png", Image.new("RGBA", (4, 4), (255, 0, 0, 128)), [255, 127, 127]),
        ("a.tif", Image.new("CMYK", (4, 4), (0, 255, 255, 0)), RED),
        ("a.tif", Image.new("LAB", (4, 4), (255, 128, 128)), WHITE),
        ("a.jpg", Image.new("RGB", (4, 4), (99, 99, 99)), 99),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)
def test_mode(tmp_path, name, image, pixel):
    save(tmp_path / name, image)
    x = load(tmp_path).x_train
    assert x.shape == (1, 4, 4, *np.shape(pixel))
    np.testing.assert_allclose(x[0, 1, 2].astype(int), pixel, atol=1)
    if image.mode not in ("LAB", "CMYK", "RGBA", "RGB"):
        assert x[0, 1, 2].tolist() == pixel


def test_transparent_color_of_a_palette_is_laid_on_white(tmp_path):
    save(tmp_path / "a.png", palette_image(grays=True), transparency=1)
    assert load(tmp_path).x_train[0, 0, 0] == 255


def test_transparent_value_of_16_bits_is_white(tmp_path):
    save(tmp_path / "a.png", sixteen_bits(257 * 100), transparency=257 * 100)
    save(tmp_path / "b.png", sixteen_bits(257 * 100), transparency=257 * 101)
    assert load(tmp_path).x_train[:, 0, 0].tolist() == [255, 100]


@pytest.mark.parametrize("dtype", [np.uint16, ">u2", np.int32])
def test_12_bits_in_16_are_told(tmp_path, dtype):
    """Among others, too, and alone, as at prediction."""
    pixels = np.arange(0, 4096, 256).astype(dtype)
    deep = Image.fromarray(pixels.reshape(4, 4))
    paths = [save(tmp_path / f"{i}.tif", deep) for i in range(2)]
    save(tmp_path / "bright.png", gray(255))
    said = "^In 2 images with 16 bits a pixel{}, hardly a pixel is above 3840 of 65535"
    with pytest.warns(UserWarning, match=said.format(" in .*")):
        load(tmp_path)
    with pytest.warns(UserWarning, match=said.format("")):
        load_files(paths)
    save(tmp_path / "2.png", sixteen_bits(65535))
    save(tmp_path / "black.png", sixteen_bits(0))
    with no_warnings():
        load_files([*paths, tmp_path / "2.png"])
        load_files([tmp_path / "black.png"])


def test_12_bits_are_told_in_spite_of_a_few_bright_pixels_and_images(tmp_path):
    pixels = np.full((40, 40), 4000, np.uint16)
    pixels[0, 0] = 65535  # A defect of the sensor.
    paths = [save(tmp_path / f"{i}.tif", Image.fromarray(pixels)) for i in range(9)]
    paths.append(save(tmp_path / "bright.tif", sixteen_bits(65535)))
    with pytest.warns(UserWarning, match="^In 9 of 10 images .* above 4000 of 65535"):
        load_files(paths)
    with no_warnings():
        load_files([*paths, tmp_path / "bright.tif"])
    for path in paths[:9]:
        save(path, sixteen_bits(0))
    with no_warnings():  # Black ones are no 12 bits.
        load_files(paths)


@pytest.mark.parametrize("suffix", ["gif", "tif"])
def test_several_frames_or_pages_are_told(tmp_path, suffix):
    frames = [Image.fromarray(gray(level, 4, 4)) for level in (200, 100)]
    save(tmp_path / "one.png", gray(200))
    path = tmp_path / f"two.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    said = f"pages, the first is read: 1 of 2, two.{suffix}$"
    with pytest.warns(UserWarning, match=said):
        assert load(tmp_path).x_train[:, 0, 0].tolist() == [200, 200]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_scan_whose_zero_is_white_is_not_inverted(tmp_path, dtype):
    value = 100 * (257 if dtype == np.uint16 else 1)
    path = tmp_path / "a.tif"
    save(path, Image.fromarray(np.full((4, 4), value, dtype)))
    # The tag 262, one SHORT: from 1, black is zero, to 0.
    tag = struct.pack("<HHIH", 262, 3, 1, 1)
    written = path.read_bytes()
    assert written.count(tag) == 1
    path.write_bytes(written.replace(tag, struct.pack("<HHIH", 262, 3, 1, 0)))
    assert load(tmp_path).x_train[0, 0, 0] == 155
    assert image_files.read_whole(path, 4).getpixel((0, 0)) == 155


def test_modes_together_are_rgb(tmp_path):
    modes = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"]
    for mode in modes:
        image = sixteen_bits(65535) if mode == "I;16" else Image.new(mode, (4, 4))
        save(tmp_path / f"{modes.index(mode)}.tif", image)
    expected = [0, 0, 255, 0, 0, 255, 255, 255]  # Of zeros; CMYK's zeros are white.
    assert load(tmp_path).x_train[:, 0, 0].tolist() == expected
    save(tmp_path / "8.tif", color(RED))
    x = load(tmp_path).x_train
    assert x.shape == (9, 4, 4, 3)
    assert x[:, 0, 0].tolist() == [*([value] * 3 for value in expected), RED]


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
@pytest.mark.parametrize("side", [8, 64])
def test_exif_rotation_is_applied(tmp_path, suffix, side):
    pixels = np.zeros((side // 2, side), np.uint8)
    pixels[:, : side // 2] = 255  # The left half is white.
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned clockwise: left comes to the top.
    save(tmp_path / f"a.{suffix}", pixels, exif=exif)
    x = load(tmp_path).x_train[0]
    assert x.shape == ((8, 4) if side == 8 else (32, 32))
    assert x[: len(x) // 2 - 1].min() > 240
    assert x[len(x) // 2 + 1 :].max() < 15


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(20, 28), (20, 28)], (20, 28)),
        ([(32, 32), (32, 32)], (32, 32)),
        ([(33, 20), (33, 20)], (32, 32)),
        ([(20, 28), (28, 20)], (32, 32)),
        ([(1, 1), (300, 7)], (32, 32)),
    ],
)
def test_common_size(tmp_path, sizes, expected):
    for i, size in enumerate(sizes):
        save(tmp_path / f"{i}.png", gray(i, *size))
    assert load(tmp_path).x_train.shape == (2, *expected)
    assert load(tmp_path, size=12).x_train.shape == (2, 12, 12)


def test_images_are_not_made_small_without_a_word(tmp_path):
    save(tmp_path / "a.png", gray(99, 300, 200))
    save(tmp_path / "b.png", gray(99, 20, 20))
    with pytest.warns(UserWarning, match=r"up to 300 .* made 32 x 32 .* --size 64"):
        load(tmp_path)
    with no_warnings():
        load(tmp_path, size=40)
        load(tmp_path, shape=(32, 32))
        (tmp_path / "a.png").unlink()
        load(tmp_path)


def test_pixels_of_the_common_size_are_untouched(tmp_path, rng):
    pixels = rng.integers(0, 256, (9, 7, 3), np.uint8)
    save(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(load(tmp_path).x_train[0], pixels)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_resizing_averages(tmp_path, suffix):
    """Fine stripes become gray, not a pattern; left stays left."""
    pixels = np.zeros((512, 1024, 3), np.uint8)
    pixels[:, ::2] = 255
    pixels[:, 512:] = WHITE
    save(tmp_path / f"a.{suffix}", pixels)
    x = load(tmp_path, size=16).x_train[0].astype(int)
    assert abs(x[:, 1:7] - 127).max() <= 3
    assert x[:, 9:].min() >= 252


@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 1), (5, 6, 3)])
def test_shape_of_a_model_is_kept(tmp_path, shape):
    save(tmp_path / "a.png", color([255, 255, 255]))
    save(tmp_path / "b.png", gray(255))
    assert (
        load(tmp_path, shape=shape).x_train.tolist()
        == np.full((2, *shape), 255).tolist()
    )


def test_programs_are_not_started(tmp_path):
    """Pillow would hand this to Ghostscript, whatever the name."""
    (tmp_path / "a.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n")
    save(tmp_path / "b.png", gray(1))
    with pytest.warns(UserWarning, match=r"a.png \(empty, damaged, or of a type"):
        assert load(tmp_path).files_train == ("b.png",)


def test_too_large_for_memory(folders, monkeypatch, tmp_path):
    expected = load(folders)
    (folders / "dog" / "bad.png").write_bytes(b"")
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    monkeypatch.setattr(storage, "IN_MEMORY", 10)
    with pytest.warns(UserWarning, match="1 of 6"):
        data = load(folders)
    assert isinstance(data.x_train, np.memmap)
    assert os.stat(data.x_train.filename).st_size == 6 * 16
    assert not list(spill.iterdir()), "a name that a killed process would leave"
    np.testing.assert_array_equal(data.x_train, expected.x_train)
    assert data.files_train == expected.files_train
    path = data.x_train.filename
    del data
    gc.collect()
    assert not os.path.exists(path)

    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: os.statvfs_result)
    monkeypatch.setattr(os.statvfs_result, "free", 0, raising=False)
    with pytest.raises(InputError, match="room in .*spill.*TMPDIR"):
        load(folders)


def test_bar_is_shown_when_it_takes_long(folders, monkeypatch, capfd):
    load(folders)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(image_files, "BAR_AFTER_SECONDS", -1)
    load(folders)
    out, err = capfd.readouterr()
    assert out == ""
    assert "reading images" in err
    assert "100%" in err


def test_warnings_of_others_are_not_lost(folders):
    """Pillow's are ignored while files are read, and only then."""
    load(folders)
    with pytest.warns(UserWarning, match="later"):
        warnings.warn("later", stacklevel=1)
