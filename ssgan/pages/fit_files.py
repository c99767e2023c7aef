"""The files that a training leaves in its folder."""

import json

from ssgan.estimator.foreign import told_by_left_out
from ssgan.support.files import atomic_write, write_json
from ssgan.support.run_folder import CHECKPOINTS, MODEL
from ssgan.training.training_log import member_stem, read_log, read_snapshots


def write_files(out, data, y, split, classifier, evaluation, result, command):
    """Write the model, its split, the result, the log and the page.

    Parameters
    ----------
    out : Path
        The folder. Its checkpoints have the log of each member.
    data : ssgan.data.examples.Data
    y : ndarray of shape (n,)
        The labels that were learned from, -1 for unlabeled.
    split : LabelSplit
    classifier : SSGANClassifier
        It keeps the result in its info.
    evaluation : ssgan.evaluation.evaluate.Evaluation
    result : dict
    command : str or None
        The command that makes the result again.
    """
    # Matplotlib and Jinja are slow to import, and not needed before.
    from ssgan.pages.fit_page import FitResult, write_fit

    info = classifier.model_.info
    info["result"] = result
    expected = result["expected"]
    if expected and info.get("reference"):
        if classifier.n_members == 1:  # As those that left labels out.
            told_by_left_out(info["reference"], expected["distances"])
        if expected["foreign"] and expected["foreign"]["found"]:
            info["reference"]["share"] = expected["foreign"]["share"]
    classifier.save(out / MODEL)
    split.save(out / "split.json")
    write_json(out / "result.json", result)
    checkpoints = out / CHECKPOINTS
    stems = [member_stem(checkpoints, i) for i in range(classifier.n_members)]
    logs = [read_log(stem) for stem in stems]
    with atomic_write(out / "log.jsonl") as path, path.open("w") as file:
        for member, log in enumerate(logs):
            lines = (json.dumps({"member": member, **line}) + "\n" for line in log)
            file.writelines(lines)
    snapshots = read_snapshots(stems[0])
    whole = FitResult(data, y, classifier, evaluation, result, logs[0], snapshots)
    write_fit(out / "report.html", whole, command)
