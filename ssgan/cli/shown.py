"""What commands show: tables, and the command line itself."""

import shlex

from rich.console import Console
from rich.table import Table

from ssgan.data.forms import form_of
from ssgan.errors import counted
from ssgan.recipes.recipe import NO_GENERATOR, ON_SPREAD_LABELS, SUPERVISED
from ssgan.stats.percent import interval_of, percent

MAX_SHOWN = 20
# Of scikit-learn's methods, those that learn nothing from unlabeled examples.
OF_LABELS_ALONE = ("logistic-regression", "random-forest")
# What short trainings learn from, by the end of the recipe's name.
LEARNED = {
    ON_SPREAD_LABELS: "the labels that spread to neighboring images",
    NO_GENERATOR: "its own guesses, and in the first half from the labels that spread "
    "to neighboring images",
}


def command_line(context):
    """Return the command line that is running, without options at their defaults."""
    words = ["ssgan", context.info_name]
    for option in context.command.params:
        value = context.params[option.name]
        value = getattr(value, "value", value)
        # These two say what to do with an earlier run, not what to make.
        if value == option.default or option.name in ("resume", "overwrite"):
            continue
        flag = [] if option.param_type_name == "argument" else [option.opts[0]]
        words += flag if value is True else [*flag, str(value)]
    return shlex.join(words)


def described(about):
    """Return what a model is, a dict from a name to text.

    Parameters
    ----------
    about : dict
        From `ssgan.support.model_files.read_info`.
    """
    shape = about["example_shape"]
    columns = about["columns"]
    kind = form_of(shape) if columns is None else f"rows of {shape[0]} columns"
    pairs = zip(about["classes"], about["labels"], strict=True)
    classes = [f"{name} ({count})" for name, count in pairs]
    recipe, result = about["recipe"], about.get("result") or {}
    members, stopped = about["n_members"], about.get("stopped_after")
    earlier = about.get("continued")
    further = "further " if earlier else ""
    # What `ssgan embed` wrote was made by one that is not in the model.
    within = "backbone" if len(shape) > 1 else "features made by"
    return {
        "classes (labels)": _few(classes),
        "examples": f"{kind}, {about['dtype']}",
        **({} if columns is None else _columns(columns)),
        "trained on": f"{result.get('dataset', 'unknown')}: {_trained_on(about)}",
        **({within: result["backbone"]} if result.get("backbone") else {}),
        "recipe": about.get("peer")
        or f"{recipe['name']}, {recipe['steps']:,} {further}steps"
        + (f", stopped after {stopped:,}" if stopped else "")
        + (f", {members} members" if members > 1 else ""),
        **({"goes on from": f"another model ({earlier['from']})"} if earlier else {}),
        "error": error_in_words(result),
        "saved": about["saved"].replace("@", " "),
        "versions": ", ".join(map(" ".join, about["versions"].items())),
        "size": _size(about["bytes"]),
    }


def _columns(columns):
    """Return what the columns of a table are, a dict from a name to text."""
    kept = [
        column["name"]
        + (f" ({len(column['categories'])} values)" if column["categories"] else "")
        for column in columns["columns"]
    ]
    left_out = columns["left_out"]
    return {
        "columns": _few(kept),
        **({"left out": _few(left_out)} if left_out else {}),
        "column of labels": columns["label"],
    }


def _trained_on(about):
    unlabeled = about["unlabeled"]
    name = about["recipe"]["name"]
    of_labels = name in OF_LABELS_ALONE or name.endswith(SUPERVISED)
    without = "without the " if of_labels and unlabeled else ""
    number = "an unknown number of unlabeled examples"
    if unlabeled is not None:
        number = counted(unlabeled, "unlabeled example")
    return f"{counted(sum(about['labels']), 'label')}, {without}{number}"


def _few(names):
    more = f", ... ({len(names)} in all)" if len(names) > MAX_SHOWN else ""
    return " ".join(", ".join(names[:MAX_SHOWN]).split()) + more


def _size(n_bytes):
    kilo = n_bytes / 1000
    return f"{kilo:.0f} kB" if kilo < 999.5 else f"{kilo / 1000:.1f} MB"


def error_in_words(result):
    """Return what is known of the error on new examples, as text.

    `result` is what `ssgan.train_to_folder.train_to_folder` returns.
    """
    expected = result.get("expected")
    if expected:
        error, low, high = (expected[name] for name in ("error", "low", "high"))
        most = f"hardly more than {percent(high)}"  # As fit says it.
        fewer = "" if expected.get("gained") else " or fewer"
        about = f"about {percent(error)}{fewer} expected, {most}"
        return (
            f"{about if error else f'{most} expected'} ({interval_of(low, high)}), "
            f"from {expected['n']} labels that were left out"
        )
    if result.get("validation_error") is not None:
        return error_of(result["validation_error"], result["n_validation_labels"])
    if result.get("left_out"):
        wrong, n = result["left_out"]
        return f"{error_of(wrong / n, n)}, by ssgan compare"
    if result.get("error") is None:
        return "unknown: there was no test part"
    n = result["n_test"]
    return f"{percent(result['error'], n)} of {counted(n, 'example')}"


def error_of(error, n):
    """Return an error, 0 to 1, on n labels held out, with its interval, as text."""
    from ssgan.stats.intervals import binomial_interval

    low, high = binomial_interval(round(error * n), n)
    return f"{percent(error, n)} of {n} labels held out ({interval_of(low, high, n)})"


def prediction_sentences(table, abstain, unusual):
    """Return what is to be said of predictions, a list of sentences.

    Parameters
    ----------
    table : pandas.DataFrame
        See `ssgan.export.predictions.predict_table`.
    abstain : float or None
        The part that may get a wrong class, if it is bounded.
    unusual : bool
        Whether more examples are unfamiliar than chance explains.
    """
    from ssgan.estimator.foreign import LOW

    said = []
    if abstain is not None:
        given = table["class"].astype(object)
        n = int((given.notna() & (given != "")).sum())
        promise = (
            "How many of these are wrong is unknown: more than usual are unfamiliar."
            if unusual
            else "If all are like the labeled examples, and of their classes, about "
            f"{100 * abstain:g} % of all, or fewer, get a wrong one."
        )
        have = f"{n} of them {'has' if n == 1 else 'have'} a class."
        said.append(f"{have} {promise}" if n else have)
    if "familiarity" in table and (n := int((table["familiarity"] < LOW).sum())):
        more = (
            "more than usual. Some may be of a class that has no label; or the model "
            "knows the examples that it has learned from better than new ones"
        )
        said.append(
            f"{n} of them {'has' if n == 1 else 'have'} a familiarity below {LOW}, as "
            f"{100 * LOW:g} % of examples like those of the training have: "
            f"{more if unusual else 'no more than usual'}."
        )
    return said


def say_duration(seconds):
    """Print how long something will take, a number of seconds; nothing of None."""
    from ssgan.training.progress import duration

    if seconds is not None:
        print(f"This takes about {duration(seconds)} here.", flush=True)


def set_precision(precision, recipe):
    """Set the arithmetic of networks, and print if another takes less time here.

    Parameters
    ----------
    precision : ssgan.cli.options.Precision
    recipe : ssgan.recipes.Recipe or None
        None if no network is trained.
    """
    import keras

    from ssgan.nn.precision import is_faster_in_bfloat16

    keras.config.set_dtype_policy(precision.value)
    if recipe and precision.value == "float32" and is_faster_in_bfloat16(recipe):
        print("On this processor --precision mixed_bfloat16 trains in less time.")


def say_timing():
    """Print that steps are timed, which takes a while."""
    print("Timing a few steps.", flush=True)


def minutes_sentences(result):
    """Return what the minutes of a training came to, a list of sentences.

    Parameters
    ----------
    result : dict
        From `ssgan.train_to_folder.train_to_folder`.
    """
    from ssgan.training.budget import in_words

    minutes, steps = result["minutes"], result["steps"]
    if minutes is None or not steps:  # A method of scikit-learn has no steps.
        return []
    took = f"{steps:,} steps in {result['seconds'] / 60:.1f} minutes"
    said = [f"{in_words(minutes)} came to {took} on this machine."]
    if result["continued_from"] is None:  # Otherwise labels do not spread.
        said += [
            "In so short a time no generator is trained: the network learns from "
            f"{learned}."
            for end, learned in LEARNED.items()
            if result["recipe"].endswith(end)
        ]
    return said


def show(table):
    """Print a table. Nothing in it is read as markup."""
    Console(markup=False, emoji=False).print(table)


def table_of(*columns):
    """Return an empty table: the first column holds names, the others numbers."""
    table = Table()
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table
