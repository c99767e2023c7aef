"""Rows of results in a file: one for each run, written the moment it exists.

Rows are evidence. They are never edited; a row that is no longer true is superseded by
a new one. A row is a dictionary of JSON values:

- schema: version of this list, 2
- dataset, data: name of the data set, and checksum of its examples and labels
- split, seed: name and seed of the label split
- method: see `ssgan.evaluation.compare.compare`
- recipe, steps: name of the recipe, and training steps
- recipe_numbers: every number of the recipe or method, defaults included
- fingerprint: hash of these numbers
- n_labels, n_unlabeled: examples that were learned from
- weights_seed: seed of the weights
- n_members: models whose probabilities are averaged
- precision: Keras's dtype policy
- error, n_test: fraction of wrong predictions, and number of test examples
- wrong: which predictions are wrong, as `ssgan.stats.predictions.packed`; rows of
  earlier versions lack it
- seconds, jobs: seconds of training, and runs at a time
- resumed_from_step: above 0 if the run was interrupted and continued
- restarts: how often training failed and went back, each time at half the learning
  rate; rows of earlier versions lack it
- commit, clean, machine, versions: see `ssgan.support.provenance.environment`

Rows without "schema" were written by earlier versions: "labels" and "unlabeled" are
counts, and the fingerprint is a checksum of the recipe's text and the data.
"""

import json
import numbers
import sys
from pathlib import Path

from ssgan.errors import InputError, as_input_error, expect
from ssgan.support.files import write_json
from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines
from ssgan.support.locks import locked

SCHEMA = 2
# What makes a run another one. The unlabeled examples follow from the data and the
# method; rows of earlier versions count some for methods that learn from labels alone.
IDENTITY = (
    *("schema", "dataset", "data", "split", "seed", "method", "fingerprint"),
    *("n_labels", "weights_seed", "n_members", "precision", "n_test"),
)
# What every row has had, in all versions.
REQUIRED = ("dataset", "seed", "method", "fingerprint", "error")
RENAMED = {"labels": "n_labels", "unlabeled": "n_unlabeled", "members": "n_members"}


class ResultRows:
    """The rows in ``rows.jsonl`` of a folder; without a folder they are only in memory.

    Parameters
    ----------
    folder : path or None

    Attributes
    ----------
    rows : list of dict
        With today's names for those of earlier versions.

    Raises
    ------
    InputError
        If the folder cannot be written, or a line is not a row.
    """

    def __init__(self, folder=None):
        self.folder = folder and Path(folder)
        self.rows = []
        if not folder:
            return
        self.path = self.folder / "rows.jsonl"
        drop_half_line(self.path)
        self.rows = read_rows(self.path)

    def find(self, plan):
        """Return the row of an earlier run that is the same as a plan, or None."""
        same = (
            row
            for row in self.rows
            if all(row.get(key) == plan.get(key) for key in IDENTITY)
        )
        return next(same, None)

    def add(self, row):
        """Append a row to the file, and make sure that it is on disk.

        Raises
        ------
        InputError
            If it cannot be written, because the disk is full. The message holds the
            row, and the file is as before.
        """
        self.rows.append(row)
        if not self.folder:
            return
        try:
            append_line(self.path, row)
        except InputError as error:
            said = f"{error}, so here is the row: {json.dumps(row)}"
            raise InputError(said) from error

    def summarize(self, comparison):
        """Write ``result.json``, which says what came of all rows."""
        if self.folder:
            write_json(
                self.folder / "result.json",
                {
                    "verdict": comparison.verdict(),
                    "recommendation": comparison.recommendation(),
                    "difference": comparison.difference(),
                    "summary": comparison.summary(),
                    "rows": comparison.rows,
                },
            )


def read_rows(path):
    """Return the rows of a file, with today's names for those of earlier versions."""
    rows = read_json_lines(path, REQUIRED)
    for number, row in enumerate(rows, 1):
        today = (*IDENTITY, "n_unlabeled", "seconds") if "schema" in row else ()
        lacking = [key for key in today if key not in row]
        here = f"line {number} of {path}"
        expect(not lacking, f"{', '.join(lacking)} in {here}", "a row without")
        for key, most in {"error": 1, "seconds": sys.float_info.max}.items():
            value = row.get(key, 0)
            # Comparisons with NaN are False.
            fits = isinstance(value, numbers.Real) and 0 <= value <= most
            expect(fits, f"a valid {key} in {here}", repr(value))
    return [
        {RENAMED.get(key, key): value for key, value in row.items()} for row in rows
    ]


def set_aside(folder):
    """Rename the rows of a finished comparison, so that the next one starts afresh."""
    rows, result = Path(folder) / "rows.jsonl", Path(folder) / "result.json"
    with (
        locked(folder),
        as_input_error(f"{folder} to be a folder that can be written"),
    ):
        if rows.exists() and result.exists():
            result.rename(result.with_name(f"result-{result.stat().st_mtime_ns}.json"))
            rows.rename(rows.with_name(f"rows-{rows.stat().st_mtime_ns}.jsonl"))
