"""What examples of a shape are, in words. Imports nothing, for quick commands."""


def form_of(shape):
    """Return what examples of a shape are, such as "images of 8 x 8 pixels, gray"."""
    if len(shape) == 1:
        return f"rows of {shape[0]} numbers"
    channels = shape[2] if len(shape) > 2 else 1
    colors = {1: "gray", 3: "in color"}
    color = colors.get(channels, f"{channels} channels")
    return f"images of {shape[0]} x {shape[1]} pixels, {color}"
