"""Draw letters in many fonts: images by which nothing in this project was chosen.

    apt-get download texlive-fonts-extra    # Debian 12: 2022.20230122-4
    dpkg-deb -x texlive-fonts-extra_*.deb fonts
    python benchmarks/letters.py fonts letters.npz
    ssgan compare letters.npz --labels 100 --splits 3 --steps 5000 --methods ssgan,supervised,label-spreading,self-training --jobs 1 --out letters

The letters A to J, 0 to 9 as labels, white on black, of 28 x 28 pixels. Each fills 24 pixels in width or
height, as in notMNIST (Bulatov 2011), which has other fonts. All fonts of a family, at
most 120, are in one part. Some fonts have symbols in the places of letters, which
nobody can tell apart: no method can be without errors.
"""  # noqa: E501

import argparse
import hashlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

LETTERS = "ABCDEFGHIJ"
SUFFIXES = {".otf", ".ttf", ".pfb"}
SIDE, MARGIN, POINTS = 28, 2, 72
# A smaller glyph is none.
LEAST = 4
# Fonts of a family, and of the test part before the last family is added to it.
MOST, TEST = 120, 700


def main(arguments=None):
    """Write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fonts", type=Path, help="folder with fonts, at any depth")
    parser.add_argument("out", type=Path, help="file to write, .npz")
    options = parser.parse_args(arguments)
    rng, train, test = np.random.default_rng(0), [], []
    families = families_in(options.fonts)
    # In an order that has nothing to do with the alphabet.
    for name in sorted(families, key=lambda name: hashlib.md5(name.encode()).digest()):
        fonts = families[name]
        if len(fonts) > MOST:
            fonts = [fonts[i] for i in rng.permutation(len(fonts))[:MOST]]
        (test if len(test) < TEST else train).extend(fonts)
    arrays = {}
    for part, fonts in (("train", train), ("test", test)):
        x, y = np.concatenate(fonts), np.tile(np.arange(len(LETTERS)), len(fonts))
        order = rng.permutation(len(x))
        arrays |= {f"x_{part}": x[order], f"y_{part}": y[order]}
    np.savez_compressed(options.out, **arrays)
    print(f"{len(train):,} fonts to train on, {len(test):,} to test on: {options.out}")


def families_in(folder):
    """Return the letters of each font, by the name of its folder: its family.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    dict of str to list of uint8 ndarray of shape (10, 28, 28)
        Without fonts that lack a letter, and without those that look like another one.
    """
    families, seen = {}, set()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES):
        letters = letters_of(path)
        if letters is not None and letters.tobytes() not in seen:
            seen.add(letters.tobytes())
            families.setdefault(path.parent.name, []).append(letters)
    return families


def letters_of(path):
    """Return the letters of a font, (10, 28, 28), or None if it has not all of them."""
    try:
        font = ImageFont.truetype(str(path), POINTS)
        missing = _pixels(font, "\uffff")
        images = [
            None if _pixels(font, letter) == missing else _drawn(font, letter)
            for letter in LETTERS
        ]
    except (OSError, ValueError):  # A damaged font, or a glyph without any pixel.
        return None
    if any(image is None for image in images):
        return None
    letters = np.stack(images)
    distinct = {image.tobytes() for image in images}
    return letters if len(distinct) == len(LETTERS) else None


def _pixels(font, letter):
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def _drawn(font, letter):
    left, top, right, bottom = font.getbbox(letter)
    width, height = right - left, bottom - top
    if min(width, height) < LEAST:
        return None
    side = max(width, height)
    image = Image.new("L", (side, side), 0)
    corner = (side - width) // 2 - left, (side - height) // 2 - top
    ImageDraw.Draw(image).text(corner, letter, fill=255, font=font)
    inner = SIDE - 2 * MARGIN
    result = np.zeros((SIDE, SIDE), np.uint8)
    inside = slice(MARGIN, MARGIN + inner)
    result[inside, inside] = np.asarray(image.resize((inner, inner), Image.LANCZOS))
    return result


if __name__ == "__main__":
    main()
