"""What the page shows of a labeling, as JSON values."""

from ssgan.errors import counted
from ssgan.web.features import nearest
from ssgan.web.honest_curve import honest_curve

NEIGHBORS = 6


def state_of(labeling, guesses=False):
    """Return what the page shows.

    Parameters
    ----------
    labeling : Labeling
        It must not change during the call.
    guesses : bool, default=False
        Whether to show the guesses, and the labels of neighbors. For a picture that
        judges the guesses, they are hidden, so that they do not sway the answer.

    Returns
    -------
    dict
    """
    standing, question = labeling.decisions.standing, labeling.current
    labels = labeling.labels()
    counts = dict.fromkeys(standing.classes, 0)
    for label in standing.labels.values():
        counts[label] += 1
    told = guesses and question is not None and question.asked != "random"
    ranked, around = None, []
    if question is not None:
        if told and labeling.guesses is not None:
            ranked = labeling.guesses.of(question.index)
        if labeling.features is not None:
            around = nearest(
                labeling.features, labeling.squares, question.index, NEIGHBORS
            )
    n_pictures = len(labeling.source.keys) - len(labeling.unreadable)
    return {
        "name": labeling.source.name,
        "question": question and question.index,
        "judges": question is not None and question.asked == "random",
        "following": labeling.following and labeling.following.index,
        "classes": [{"name": name, "count": n} for name, n in counts.items()],
        "shares": _shares(standing),
        "labeled": len(labels),
        "skipped": len(standing.skipped),
        "pictures": n_pictures,
        "unreadable": len(labeling.unreadable),
        "guess": ranked,
        "neighbors": [
            {"index": i, "label": labels.get(i) if told else None} for i in around
        ],
        "can_guess": labeling.guesses is not None,
        "undo": _described(labeling.decisions.last()),
        "learner": labeling.learner and labeling.learner.status,
        "read": int(labeling.known.sum()),
        "learned_from": labeling.learned_from,
        "curve": honest_curve(standing.judged()),
    }


def _shares(standing):
    """Return how many of the pictures drawn at random are of each class, a dict.

    The other labels are no sample: they were chosen because they help.
    """
    drawn = [key for key, how in standing.asked.items() if how == "random"]
    shares = dict.fromkeys(standing.classes, 0)
    for key in drawn:
        if key in standing.labels:
            shares[standing.labels[key]] += 1
    return shares


def _described(decision):
    """Return in words what `undo` would take back, or None."""
    if decision is None:
        return None
    do = decision["do"]
    if do == "label":
        pairs = decision["labels"]
        one = f"the label {pairs[0][1]}"
        return one if len(pairs) == 1 else f"{len(pairs)} labels"
    if do == "skip":
        return "the skip"
    if do == "add":
        return f"the class {decision['name']}"
    if do == "outside":
        n = len(decision["labels"])
        return f"{counted(n, 'label')} that another program changed"
    if do == "merge":
        return f"the merging of {decision['name']} into {decision['to']}"
    return f"the renaming of {decision['name']} to {decision['to']}"
