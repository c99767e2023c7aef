"""Pictures as the bytes that a page shows."""

import io

# Pixels in width or height. Larger pictures are sent as JPEG, which is quicker.
EXACT = 200


def as_bytes(image):
    """Return the bytes of a `PIL.Image.Image`, and their type.

    They are drawn anew from its pixels: nothing else in a file reaches the browser.
    """
    file = io.BytesIO()
    if max(image.size) > EXACT and image.mode in ("L", "RGB"):
        image.save(file, "jpeg", quality=90)
        return file.getvalue(), "image/jpeg"
    image.save(file, "png", compress_level=1)
    return file.getvalue(), "image/png"
