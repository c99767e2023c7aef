"""Gray images with 16 bits a pixel, which become images of 8 bits."""

import numpy as np
from PIL import Image

from ssgan.errors import warn

# A tag of TIFF files, and its value in those whose 0 is white, as scanners write.
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0
# The most in 12 bits. Of 65535, it shows hardly anything.
MOST_OF_12_BITS = 4095
# A few images may be others, and a few pixels bright by a defect of the sensor.
MOST_IMAGES, MOST_PIXELS = 0.9, 0.999


def _gray_levels(image):
    """Return the pixels of a 16-bit gray `PIL.Image.Image`, 0 for black.

    Pillow may hold them in 32 bits. ValueError if one is not in 0 to 65535.
    """
    pixels = np.asarray(image)
    if pixels.min() < 0 or pixels.max() > 0xFFFF:
        raise ValueError("pixels have more than 16 bits")
    is_inverted = getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO
    return 0xFFFF - pixels if is_inverted else pixels


def highest_level(image):
    """Return the level, up to 65535, that hardly a pixel of an image exceeds."""
    return int(np.quantile(_gray_levels(image), MOST_PIXELS, method="higher"))


def to_8_bits(image):
    """Scale an image from 0 to 65535 to 0 to 255; white where it is transparent."""
    pixels = _gray_levels(image)  # Pillow inverts images of 8 bits alone.
    scaled = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if (transparent := image.info.get("transparency")) is not None:
        scaled[pixels == transparent] = 255
    return Image.fromarray(scaled)


def warn_of_12_bits(levels, where=""):
    """Warn, and return True, if most images stay within what 12 bits hold.

    Parameters
    ----------
    levels : sequence of int
        The `highest_level` of each image with 16 bits.
    where : str, default=""
        Text after "16 bits a pixel", such as " in pets".
    """
    dark = [level for level in levels if level <= MOST_OF_12_BITS]
    if len(dark) < MOST_IMAGES * len(levels) or not any(dark):
        return False
    n = len(levels)
    number = f"{len(dark)} of {n}" if len(dark) < n else n
    images = f"{number} {'image' if n == 1 else 'images'} with 16 bits a pixel{where}"
    warn(
        f"In {images}, hardly a pixel is above {max(dark)} of 65535, which is nearly "
        "black. If that is their whole range, stretch it to 0 to 65535, alike in all "
        "files, also in those to predict."
    )
    return True
