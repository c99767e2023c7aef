"""A person labels pictures, one question after another, while a classifier learns."""

import contextlib
import itertools
import threading
import time

import numpy as np

from ssgan.errors import InputError, counted, expect
from ssgan.support.processes import give_way
from ssgan.web.decisions import Decisions
from ssgan.web.guesses import guess
from ssgan.web.labeling_state import state_of
from ssgan.web.questions import Question, draw, is_random, suggested

GRID = 12
# Seconds between two looks at what is new, at least. While pictures are read, it is new
# features all the time.
PAUSE = 0.3
# Questions that are put in order at a time.
QUEUE = 10


class Labeling:
    """Questions and answers about the pictures of a source. Safe to use from threads.

    Every decision is on disk when the method that takes it returns.

    Parameters
    ----------
    source : FolderSource or ArraySource
    seed : int, default=0
        Of the questions.

    Attributes
    ----------
    decisions : Decisions
    learner : Learner or None
        Set by the caller. It is asked to train after each decision.
    current, following : Question or None
        The question, and the one after it.
    features : ndarray of shape (n_pictures, dims) or None
    squares : ndarray of shape (n_pictures,)
        The squared length of their features; infinity if these are not known.
    learned_from : int
        Number of labels that the features were learned from: 0 for unlearned ones.
    guesses : Guesses or None
    unreadable : set of int
        Pictures that cannot be read.
    """

    def __init__(self, source, seed=0):
        self.source, self.seed = source, seed
        self.decisions = Decisions(source.log, source)
        self.learner = None
        self._n = len(source.keys)
        self._trained_on = None
        self._index = {key: i for i, key in enumerate(source.keys)}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._shuffled = np.random.default_rng(seed).permutation(self._n).tolist()
        self.features, self.squares = None, np.full(self._n, np.inf, np.float32)
        self.learned_from = 0
        self.guesses = None
        self.unreadable = set()
        self._queue = []
        self.current = self.following = None
        self.take_changes()  # Since the source was opened: the log may be long.
        self._decided()  # The last time may have been interrupted before that.

    # What the page shows.

    def state(self, guesses=False):
        """Return what the page shows; see `ssgan.web.labeling_state.state_of`."""
        with self._lock:
            return state_of(self, guesses)

    def grid(self):
        """Return twelve guesses of one class to confirm, as JSON values."""
        with self._lock:
            if self.guesses is None:
                return []
            found = self.guesses.grid(self._done(), GRID)
        return [{"index": i, "label": c, "confidence": p} for i, c, p in found]

    @property
    def known(self):
        """Whose features are known, a Boolean ndarray of shape (n_pictures,)."""
        return np.isfinite(self.squares)

    def labels(self):
        """Return the label of each labeled picture, a dict by index."""
        index = self._index
        standing = self.decisions.standing.labels.items()
        return {index[key]: label for key, label in standing if key in index}

    # What a person decides.

    def label(self, index, name):
        """Label one picture, whether it was asked about or not."""
        with self._deciding():
            key, question = self._key(index), self.current
            asked = question is not None and question.index == index
            asked = asked and key not in self.decisions.standing.labels
            guessed = None
            if asked and question.asked == "random":
                guessed = question.guess
                if guessed is None and self.guesses is not None:
                    guessed = self.guesses.best(index)
            how = question.asked if asked else "chosen"
            self.decisions.label({key: name}, how, guessed)

    def label_grid(self, labels):
        """Label several pictures by one decision; a dict from index to class."""
        with self._deciding():
            named = {self._key(i): name for i, name in labels.items()}
            expect(named, "a picture to label", "none")
            self.decisions.label(named, "grid")

    def skip(self, index):
        """Ask about this picture later."""
        with self._deciding():
            self.decisions.skip(self._key(index))
            if self.current is not None and self.current.index == index:
                self.current, self.following = self.following, None

    def undo(self):
        """Take back the last decision, and ask about its picture again."""
        with self._deciding():
            last = self.decisions.undo()
            keys = [key for key, _ in last.get("labels", [])] + [last.get("picture")]
            if keys[0] in self._index and last["do"] in ("label", "skip"):
                how = last.get("asked", "chosen")
                how = how if how == "random" else "chosen"
                index = self._index[keys[0]]
                self.current = Question(index, how, last.get("guess"))

    def change_class(self, do, **names):
        """Add, rename or merge a class; see `Decisions`."""
        with self._deciding():
            getattr(self.decisions, do)(**names)

    def take_changes(self):
        """Take over what another program has changed in the labels meanwhile.

        Returns
        -------
        int
            Number of labels that are other ones now.
        """
        with self._lock:
            if not (self.source.is_live and self.source.read()):
                return 0
            n = self.decisions.take_outside(self.source.labels)
            if n:
                self._decided()
            return n

    # What the learner brings.

    def take_features(self, indices, features, learned_from):
        """Take features of some pictures; of all, if they were learned from labels."""
        whole, squares = self.features, self.squares
        if learned_from or whole is None:
            # Without the lock: with many pictures, this takes a while.
            whole = np.zeros((self._n, features.shape[1]), np.float32)
            squares = np.full(self._n, np.inf, np.float32)
        # A row counts once its square is finite.
        whole[indices] = features
        squares[indices] = np.einsum("ij,ij->i", features, features)
        with self._lock:
            self.features, self.squares = whole, squares
            self.learned_from = learned_from
            if learned_from:
                self._queue = []  # There is a better order now.
        self._wake.set()

    def take_unreadable(self, indices):
        """Never ask about pictures that cannot be read."""
        with self._lock:
            self.unreadable.update(indices)
            self._advance()

    def think(self, done):
        """Refresh the guesses and the order whenever something is new, until `done`.

        The thread gives way to those that answer, where a thread alone can.
        """
        give_way(thread=True)
        while not done.is_set():
            if self._wake.wait(0.5):
                self._wake.clear()
                start = time.monotonic()
                self.refresh()
                # Half of the time belongs to the page alone.
                done.wait(max(PAUSE, time.monotonic() - start))

    def refresh(self):
        """Guess every picture, put the questions in order, and start a training."""
        with self._lock:
            # No copy: what comes meanwhile is in rows that are not known yet, or in an
            # array of its own.
            labels, features, known = self.labels(), self.features, self.known
            seen = {*labels.values()} >= {*self.decisions.standing.classes}
            learned, open_ = self.learned_from, known.copy()
            open_[[i for i in self._skipped() if i not in labels]] = False
            # Clusters take a while: only if few questions are left.
            done = self._done()
            short = sum(i not in done for i in self._queue) < 2
        # Without the lock, so that the page can be answered meanwhile.
        guesses = None if features is None else guess(features, known, labels)
        with self._lock:
            self.guesses = guesses
        if short:
            # A regression on unlearned features errs too often for its margins to tell.
            sure = guesses is not None and learned and seen
            model = guesses.model if sure else None
            queue = suggested(features, open_, labels, QUEUE, model, self.seed)
            with self._lock:
                self._queue = queue
        new = labels != self._trained_on and len(set(labels.values())) > 1
        if self.learner is not None and new and self.learner.train(labels):
            self._trained_on = labels

    def _key(self, index):
        expect(0 <= index < self._n, "a picture that there is", index)
        return self.source.keys[index]

    @contextlib.contextmanager
    def _deciding(self):
        """Decide something in this context, unless another program did meanwhile."""
        with self._lock:
            n = self.take_changes()
            if n:
                raise InputError(
                    f"Another program has changed {counted(n, 'label')} in "
                    f"{self.source.written.name}, and what it wrote now counts. Your "
                    "last answer was not taken. Give it again, or press Undo to take "
                    "back what the other program changed."
                )
            yield
            self._decided()

    def _decided(self):
        """Put the labels on disk where `fit` reads them, and find the next question."""
        if self.source.is_live:
            self.source.write(self.decisions.standing.labels)
        self._advance()
        self._wake.set()

    def _done(self):
        """Return the pictures that are not asked about now, a set of int."""
        return {*self.labels(), *self.unreadable, *self._skipped()}

    def _skipped(self):
        """Return the pictures that were skipped, a list, the longest ago first."""
        skipped = self.decisions.standing.skipped
        return [self._index[key] for key in skipped if key in self._index]

    def _advance(self):
        """Keep the question and the one after it, as long as they are open.

        So that a page that is loaded again asks the same, and the page has the next
        picture before it needs it.
        """
        taken = {*self.labels(), *self.unreadable}
        answered = self.decisions.standing.asked.values()
        number = sum(how != "grid" for how in answered)
        if self.current is None or self.current.index in taken:
            self.current, self.following = self.following, None
        if self.current is None or self.current.index in taken:
            self.current = self._question(number, taken)
        if self.current is None:
            return
        taken.add(self.current.index)
        if self.following is None or self.following.index in taken:
            self.following = self._question(number + 1, taken)

    def _question(self, number, taken):
        """Return a question about a picture that is not taken, or None."""
        skipped = self._skipped()
        done = {*taken, *skipped}
        if is_random(number):
            index = draw(number, self._n, done, self.seed)
            if index is not None:
                return Question(index, "random")
        for index in itertools.chain(self._queue, self._shuffled):
            if index not in done:
                return Question(index, "chosen")
        # Those that were skipped come at the end.
        for index in skipped:
            if index not in taken:
                return Question(index, "chosen")
        return None
