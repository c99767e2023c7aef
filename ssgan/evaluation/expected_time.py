"""How long a comparison will take, told before it begins."""

import functools

from ssgan.data.examples import is_labeled
from ssgan.estimator.validation import encode
from ssgan.training.budget import measure_pace
from ssgan.training.build import build

# To measure takes seconds. Fewer steps than these, in all, are not worth it.
WORTH_STEPS = 5000


def expected_seconds(runs, recipe, data, n_members=1):
    """Return the seconds that trainings of networks will take, one after another.

    A network of each kind takes a few steps on all cores. Trainings side by side take a
    little less in all.

    Parameters
    ----------
    runs : list of (method, LabelSplit)
        Those of methods other than "ssgan" and "supervised" count nothing.
    recipe : ssgan.recipes.Recipe
    data : ssgan.data.examples.Data
    n_members : int, default=1

    Returns
    -------
    float or None
        None where the trainings are so short that measuring is not worth it.
    """
    recipe_of = {"supervised": recipe.supervised(), "ssgan": recipe}
    methods = [method for method, _ in runs if method in recipe_of]
    if len(methods) * n_members * recipe.steps < WORTH_STEPS:
        return None
    classes, _ = encode(data.y_train[is_labeled(data.y_train)])
    seconds = 0.0
    for method in sorted(set(methods)):
        y = next(split for m, split in runs if m == method).apply(data.y_train)
        labeled = is_labeled(y)
        _, codes = encode(y[labeled])
        make_model = functools.partial(
            build, examples=data.x_train, n_classes=len(classes)
        )
        pace = measure_pace(
            recipe_of[method], make_model, data.x_train[labeled], codes, data.x_train
        )
        one = pace.start + recipe.steps * pace.step
        seconds += methods.count(method) * n_members * one
    return seconds
