"""The visual Turing test: tell real examples from generated ones."""

import threading
from pathlib import Path

import numpy as np
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ssgan.data.image_grid import can_show, grid
from ssgan.errors import InputError, expect
from ssgan.stats.intervals import binomial_interval
from ssgan.support.json_lines import append_line, drop_half_line, read_json_lines
from ssgan.support.provenance import checksum
from ssgan.web.page import page_routes, read_object
from ssgan.web.pictures import as_bytes


class TuringTest:
    """Show one example at a time, real or generated, and count the right answers.

    Each example is real with probability 1/2, whatever the others are, so that counting
    does not help. Answers are appended to a file as they come. Its first line says what
    was asked. The same test continues after the last answer.

    Parameters
    ----------
    classifier : SSGANClassifier
        Fitted to images, with a generator.
    data : ssgan.data.examples.Data
        The real images: those of the test part, or else of the training part.
    path : path
        The file of the answers, in JSON lines.
    n_questions : int, default=40
    feedback : bool, default=False
        Whether the page says after each answer if it was right.
    seed : int, default=0
        Of which examples are shown, and in which order.

    Attributes
    ----------
    answers : list of dict
        Each with the keys question (from 0), real and answered_real.
    done : threading.Event
        Set when the last answer is on disk and its sender knows the result.

    Raises
    ------
    InputError
        If the examples are no images, or the file holds another test.

    References
    ----------
    Salimans et al. 2016, section 4, arXiv:1606.03498.
    """

    def __init__(
        self, classifier, data, path, *, n_questions=40, feedback=False, seed=0
    ):
        x = data.x_train if data.x_test is None else data.x_test
        images = can_show(x[:1])
        expect(images, "images of 1, 3 or 4 channels", f"examples of shape {x.shape}")
        own = classifier.example_shape_
        expect(x.shape[1:] == own, f"images of shape {own}, as at fit", x.shape[1:])
        self.path, self.feedback = Path(path), feedback
        self.done = threading.Event()
        self._lock = threading.Lock()
        rng = np.random.default_rng(seed)
        self._is_real = rng.random(n_questions) < 0.5
        few = len(x) < n_questions
        chosen = rng.choice(len(x), n_questions, replace=few)
        generated = classifier.sample(n_questions, int(rng.integers(2**31)))
        self._range = classifier.raw_range_
        self._pictures = [
            x[i] if real else fake
            for i, real, fake in zip(chosen, self._is_real, generated, strict=True)
        ]
        test = {
            "questions": n_questions,
            "feedback": feedback,
            "seed": seed,
            "real": checksum(x),
            "generated": checksum(generated),
        }
        self._resume(test)

    def _resume(self, test):
        # Before anything is changed: it may be another file.
        lines = read_json_lines(self.path, whole=False) if self.path.exists() else []
        drop_half_line(self.path)
        if not lines:
            append_line(self.path, test)
        first = lines[0] if lines else test
        expected = f"the test that {self.path} holds, or another file for the answers"
        differ = [key for key in test if first.get(key) != test[key]]
        expect(not differ, expected, f"a test with other {', '.join(differ)}")
        self.answers = lines[1:]
        fits = all(
            self._is_answer(line, number) for number, line in enumerate(self.answers)
        )
        expect(fits, f"the answers of one test in {self.path}", "other lines")

    def _is_answer(self, line, number):
        known = number < len(self._is_real) and line.get("question") == number
        if not known or not isinstance(line.get("answered_real"), bool):
            return False
        return line.get("real") == bool(self._is_real[number])

    @property
    def finished(self):
        """Whether every question is answered."""
        return len(self.answers) == len(self._is_real)

    def result(self):
        """Return the counts so far, and the accuracy with its 95 % interval.

        Returns
        -------
        dict
            answered, right, accuracy, low, high (the last three None without answers);
            n_real and real_taken_for_generated; n_generated and
            generated_taken_for_real.
        """
        answers = self.answers
        n, right = len(answers), sum(a["real"] == a["answered_real"] for a in answers)
        low, high = binomial_interval(right, n) if n else (None, None)
        real = [a for a in answers if a["real"]]
        generated = [a for a in answers if not a["real"]]
        return {
            "answered": n,
            "right": right,
            "accuracy": right / n if n else None,
            "low": low,
            "high": high,
            "n_real": len(real),
            "real_taken_for_generated": sum(not a["answered_real"] for a in real),
            "n_generated": len(generated),
            "generated_taken_for_real": sum(a["answered_real"] for a in generated),
        }

    def answer(self, question, real):
        """Append the answer to a question, unless it has one already.

        Returns
        -------
        bool or None
            Whether the answer is right; None if another page has answered before.
        """
        with self._lock:
            if question != len(self.answers) or self.finished:
                return None
            truth = bool(self._is_real[question])
            line = {"question": question, "real": truth, "answered_real": real}
            append_line(self.path, line)
            self.answers.append(line)
            return truth == real

    def state(self):
        """Return what the page shows; the result comes with the last answer."""
        return {
            "question": len(self.answers),
            "questions": len(self._is_real),
            "result": self.result() if self.finished else None,
        }

    def app(self):
        """Return the ASGI application of the page."""
        return Starlette(
            routes=[
                *page_routes("turing", feedback=self.feedback),
                Route("/state", self._get_state),
                Route("/picture/{index:int}", self._get_picture),
                Route("/answer", self._post_answer, methods=["POST"]),
            ]
        )

    async def _get_state(self, request):
        return JSONResponse(self.state())

    async def _get_picture(self, request):
        index = request.path_params["index"]
        # The next one, too, so that it is there when it is needed.
        if index > min(len(self.answers) + 1, len(self._pictures) - 1):
            raise HTTPException(404)
        content, kind = as_bytes(grid(self._pictures[index][None], self._range))
        return Response(content, media_type=kind)

    async def _post_answer(self, request):
        sent = await read_object(request, question=int, real=bool)
        try:
            right = self.answer(sent["question"], sent["real"])
        except InputError as error:  # It cannot be written.
            raise HTTPException(500, str(error)) from None
        answer = {"right": right if self.feedback else None, **self.state()}
        task = BackgroundTask(self.done.set) if self.finished else None
        return JSONResponse(answer, 409 if right is None else 200, background=task)
