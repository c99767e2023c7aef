"""What examples of a shape are, in words. Imports little, for quick commands."""

from ssgan.errors import counted, expect


def form_of(shape):
    """Return what examples of a shape are, such as "images of 8 x 8 pixels, gray"."""
    if len(shape) == 1:
        return f"rows of {counted(shape[0], 'number')}"
    channels = shape[2] if len(shape) > 2 else 1
    colors = {1: "gray", 3: "in color"}
    color = colors.get(channels, f"{channels} channels")
    return f"images of {shape[0]} x {shape[1]} pixels, {color}"


def in_form(data, shape, source):
    """Return data. InputError if its examples are not of the shape that is asked for.

    Parameters
    ----------
    data : ssgan.data.examples.Data
    shape : tuple of int or None
        That of a model's examples; None takes any.
    source : str
        Where the data are from, for the message.
    """
    received = tuple(data.x_train.shape[1:])
    if shape is not None:
        expected = f"{form_of(shape)}, as the model takes them, in {source}"
        said = f"{form_of(received)} (shape {received}, not {tuple(shape)})"
        if len(shape) == 1 < len(received):
            said += (
                ". If the model was fitted to features, make these features of the "
                "images first (ssgan embed), or fit a model of images with ssgan fit "
                "--backbone"
            )
        expect(received == tuple(shape), expected, said)
    return data
