"""What a person decided about pictures: an append-only log, and what follows from it.

Each line of the log is a decision, as a JSON object with the key "do":

- begin: the "labels" that there were before, as pairs of a picture and a label
- label: the "labels" given, as such pairs; "asked" says how the picture was chosen:
  "random", "chosen" or "grid"; "guess" is what the classifier guessed before
- skip: the "picture"
- add: a class "name"
- rename, merge: a class "name" and what it is called from now on, "to"
- outside: "labels" that another program changed, "" for one that it removed
- undo: takes back the last decision that stands, except begin

A picture is named by its file, or by its row number in an array.
"""

import dataclasses

from ssgan.data.labels import LIKE_NONE, read_labels
from ssgan.errors import as_input_error, expect
from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines

LONGEST_NAME = 60
# The table of labels may be this many decisions behind: nothing waits until it is on
# disk, so that a power failure can bring an older one back.
BEHIND = 100


@dataclasses.dataclass
class Standing:
    """What stands after all decisions.

    Parameters
    ----------
    labels : dict
        The label of each labeled picture, as text.
    classes : list of str
        In the order of their keys.
    skipped : dict
        Its keys are the pictures that were skipped and not labeled since, in order.
    asked : dict
        How each picture was chosen that was labeled here: see the module.
    guesses : dict
        For each picture that judges: the class that was guessed before it was labeled,
        and the number of labels then.
    """

    labels: dict = dataclasses.field(default_factory=dict)
    classes: list = dataclasses.field(default_factory=list)
    skipped: dict = dataclasses.field(default_factory=dict)
    asked: dict = dataclasses.field(default_factory=dict)
    guesses: dict = dataclasses.field(default_factory=dict)

    def judged(self):
        """Return the number of labels and whether the guess was right, for each judge.

        Returns
        -------
        list of tuple of (int, bool)
            In the order in which the pictures were first labeled.
        """
        return [
            (n, guess == self.labels[key])
            for key, (guess, n) in self.guesses.items()
            if key in self.labels
        ]

    def apply(self, decision):
        """Change what stands by a decision; undo is not one."""
        do = decision["do"]
        if do in ("begin", "label", "outside"):
            self._label(decision)
        elif do == "skip":
            self.skipped.pop(decision["picture"], None)
            self.skipped[decision["picture"]] = True
        elif do == "add":
            self._add(decision["name"])
        else:
            self._rename(decision["name"], decision["to"])

    def _label(self, decision):
        before = len(self.labels)
        for key, label in decision["labels"]:
            if not label:
                self.labels.pop(key, None)
                continue
            self._add(label)
            self.labels[key] = label
            self.skipped.pop(key, None)
            if decision["do"] == "label":
                self.asked.setdefault(key, decision["asked"])
        if decision.get("guess"):
            self.guesses.setdefault(key, (decision["guess"], before))

    def _add(self, name):
        if name not in self.classes:
            self.classes.append(name)

    def _rename(self, name, to):
        place = self.classes.index(name)
        if to in self.classes:
            del self.classes[place]
        else:
            self.classes[place] = to
        self.labels = {k: to if v == name else v for k, v in self.labels.items()}
        self.guesses = {
            k: (to if guess == name else guess, n)
            for k, (guess, n) in self.guesses.items()
        }


class Decisions:
    """The log in a file, and what stands.

    Parameters
    ----------
    path : path
        The log. It is made if it does not exist.
    source : FolderSource or ArraySource
        Its labels begin the log. If there is a log already, and the source is live,
        they are those of the last decision or, after an interruption, of one of the
        `BEHIND` before, or their table is gone. Otherwise another program has changed
        them; that is a decision, too.

    Attributes
    ----------
    standing : Standing

    Raises
    ------
    InputError
        If the log cannot be read or written.
    """

    def __init__(self, path, source):
        self.path = path
        self._standing_decisions = []
        drop_half_line(path)
        lines = read_json_lines(path, ["do"])
        recent = []
        with as_input_error(f"{path} to be a log of labels"):
            for line in lines[:-BEHIND]:
                self._take(line)
            for line in lines[-BEHIND:]:
                recent.append(self._replay().labels)
                self._take(line)
            self.standing = self._replay()
        labels = source.labels
        if not lines:
            begin = {"do": "begin", "labels": [*labels.items()]}
            self._write({**begin, "pictures": source.checksum})
        same = self._standing_decisions[0].get("pictures") == source.checksum
        expect(same, f"the pictures that {path} is about", "others")
        readable = source.is_live and source.written.exists()
        if readable and labels not in (self.standing.labels, *recent):
            self.take_outside(labels)

    def take_outside(self, labels):
        """Let the labels stand that another program wrote, a dict of all there are.

        Returns
        -------
        int
            How many of them are other ones than stood before.
        """
        now = self.standing.labels
        changed = {k: v for k, v in labels.items() if now.get(k) != v}
        changed |= dict.fromkeys(now.keys() - labels.keys(), "")
        if changed:
            self._write({"do": "outside", "labels": [*changed.items()]})
        return len(changed)

    def label(self, labels, asked, guess=None):
        """Give labels to pictures, a dict; see the module for `asked` and `guess`."""
        pairs = [(key, self.check_name(name)) for key, name in labels.items()]
        self._write({"do": "label", "labels": pairs, "asked": asked, "guess": guess})

    def skip(self, picture):
        """Ask about other pictures first."""
        self._write({"do": "skip", "picture": picture})

    def add(self, name):
        """Add a class."""
        name = self.check_name(name)
        new = name not in self.standing.classes
        expect(new, "the name of a new class", f"{name}, which there is")
        self._write({"do": "add", "name": name})

    def rename(self, name, to):
        """Give a class another name, which no class has."""
        to = self.check_name(to)
        self._expect_class(name)
        free = to not in self.standing.classes
        expect(free, "a name that no class has, or to merge both", to)
        self._write({"do": "rename", "name": name, "to": to})

    def merge(self, name, to):
        """Make two classes one, which is called like the second."""
        self._expect_class(name)
        self._expect_class(to)
        expect(name != to, "two classes", f"{name} twice")
        self._write({"do": "merge", "name": name, "to": to})

    def undo(self):
        """Take back the last decision that stands.

        Returns
        -------
        dict
            The decision, as in the log.
        """
        last = self.last()
        expect(last is not None, "a decision to take back", "none")
        self._write({"do": "undo"})
        return last

    def last(self):
        """Return the decision that `undo` would take back, or None."""
        is_first = len(self._standing_decisions) < 2
        return None if is_first else self._standing_decisions[-1]

    def _expect_class(self, name):
        there = name in self.standing.classes
        expect(there, "the name of a class that there is", name)

    @staticmethod
    def check_name(name):
        """Return the name of a class without extra spaces; InputError if it is none.

        Names that mean unlabeled, or may mean a missing value, are refused.
        """
        name = " ".join(name.split())
        fits = 0 < len(name) <= LONGEST_NAME and name.isprintable()
        expected = f"a name of 1 to {LONGEST_NAME} characters"
        expect(fits, expected, repr(name[: LONGEST_NAME + 1]))
        labeled = name not in LIKE_NONE and read_labels([name])[0] != -1
        expect(labeled, "a name that does not mean unlabeled", name)
        return name

    def _write(self, decision):
        """Put a decision on disk, then let it stand."""
        append_line(self.path, decision)
        self._take(decision)
        if decision["do"] == "undo":
            self.standing = self._replay()
        else:
            self.standing.apply(decision)

    def _take(self, decision):
        if decision["do"] == "undo":
            self._standing_decisions.pop()
        else:
            self._standing_decisions.append(decision)

    def _replay(self):
        standing = Standing()
        for decision in self._standing_decisions:
            standing.apply(decision)
        return standing
