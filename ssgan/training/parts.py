"""The parts of a recipe: what their names stand for, and every number of them."""

import inspect
import json

import keras

from ssgan import nn
from ssgan.errors import expect, some
from ssgan.nn import latents, networks, terms

# Where augmentation layers are looked for: Keras may have one of the same name as ours.
AUGMENTATION_LAYERS = (nn, keras.layers)
# Options that came after rows were recorded, at the value that changes nothing. There
# they are left out of a recipe's numbers: the recorded runs are still the same runs.
NEUTRAL = {
    "supervised_weight": 1.0,
    "real_target": 1.0,
    "minibatch_kernels": 0,
    "normalization": "batch",
    "elastic": 0.0,
    "shares": None,
    "weight_normalized": True,
    "spread_steps": 0,
    "spread_least": 5000,
    "spread_most": 20_000,
    "candidates": 1,
    "mirrored_prediction": False,
}


def find_part(part, *modules):
    """Return the class or function that a part names. InputError if there is none."""
    found = [getattr(module, part.name, None) for module in modules]
    found = [maker for maker in found if callable(maker)]
    rooms = " or ".join(module.__name__ for module in modules)
    expect(found, f"the name of a class or function of {rooms}", part.name)
    known = inspect.signature(found[0]).parameters
    takes_any = any(p.kind == p.VAR_KEYWORD for p in known.values())
    other = [option for option in part.options if option not in known]
    expected = f"options of {part.name}: {', '.join(known)}"
    expect(takes_any or not other, expected, some(other))
    return found[0]


def recipe_numbers(recipe):
    """Return every number of a recipe, defaults of its parts included.

    Returns
    -------
    dict
        JSON values by field of the recipe; a part is a list of its name and a dict of
        all its options. Name and summary are left out: they change nothing.
    """
    homes = {
        "discriminator": (networks,),
        "generator": (networks,),
        "latents": (latents,),
        "augmentation": AUGMENTATION_LAYERS,
        "strong_augmentation": AUGMENTATION_LAYERS,
        "terms": (terms,),
    }
    fields = dict(vars(recipe))
    del fields["name"], fields["summary"]
    for key, modules in homes.items():
        value = fields[key]
        if hasattr(value, "options"):
            fields[key] = _all_options(value, *modules)
        elif value is not None:
            fields[key] = [_all_options(part, *modules) for part in value]
    fields = _without_neutral(fields)
    if "spread_steps" not in fields:
        for key in ("neighbors", "pixels", "least", "most", "cut"):
            fields.pop(f"spread_{key}", None)
    # Tuples become lists, so that a row in memory is the same as the one in its file.
    return json.loads(json.dumps(fields, default=lambda number: number.item()))


def _all_options(part, *modules):
    parameters = inspect.signature(find_part(part, *modules)).parameters.values()
    defaults = {
        p.name: p.default
        for p in parameters
        if p.default is not p.empty and p.name not in ("seed", "name")
    }
    return [part.name, _without_neutral(defaults | part.options)]


def _without_neutral(options):
    return {k: v for k, v in options.items() if NEUTRAL.get(k, options) != v}
