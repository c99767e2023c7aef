"""The page on which a person labels pictures."""

import functools
import threading

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ssgan.errors import InputError
from ssgan.web.page import page_routes, read_object
from ssgan.web.pictures import as_bytes

# Pixels in width and height of the picture to label, and of small ones.
LARGE, SMALL = 1024, 160
# Pictures to keep in memory, as they were sent.
KEPT = 200


class LabelingApp:
    """The routes of the page, and what the end of the labeling looks like on it.

    Parameters
    ----------
    labeling : Labeling

    Attributes
    ----------
    done : threading.Event
        Set when the person has ended the labeling.
    ending : dict or None
        What the page shows then: "text", and whether it is "over".
    seen : threading.Event
        Set when the page has shown that it is over.
    """

    def __init__(self, labeling):
        self.labeling = labeling
        self.done = threading.Event()
        self.ending = None
        self.seen = threading.Event()
        self._encoded = functools.lru_cache(KEPT)(self._encode)

    def app(self):
        """Return the ASGI application."""
        change = self.labeling.change_class
        writes = {
            "label": (self.labeling.label, {"index": int, "name": str}),
            "skip": (self.labeling.skip, {"index": int}),
            "undo": (self.labeling.undo, {}),
            "add": (functools.partial(change, "add"), {"name": str}),
            "rename": (functools.partial(change, "rename"), {"name": str, "to": str}),
            "merge": (functools.partial(change, "merge"), {"name": str, "to": str}),
            "confirm": (self._confirm, {"labels": list}),
            "finish": (self._finish, {}),
        }
        return Starlette(
            routes=[
                *page_routes("label", name=self.labeling.source.name),
                Route("/state", self._get_state),
                Route("/grid", self._get_grid),
                Route("/picture/{index:int}", self._picture(LARGE)),
                Route("/small/{index:int}", self._picture(SMALL)),
                *(
                    Route(f"/{name}", self._write(*write), methods=["POST"])
                    for name, write in writes.items()
                ),
            ]
        )

    def state(self, guesses=False):
        """Return what the page shows."""
        return {**self.labeling.state(guesses), "ending": self.ending}

    async def _get_state(self, request):
        guesses = request.query_params.get("guesses") == "yes"
        state = await run_in_threadpool(self.state, guesses)
        over = state["ending"] is not None and state["ending"]["over"]
        task = BackgroundTask(self.seen.set) if over else None
        return JSONResponse(state, background=task)

    async def _get_grid(self, request):
        return JSONResponse(await run_in_threadpool(self.labeling.grid))

    def _picture(self, side):
        async def answer(request):
            index = request.path_params["index"]
            if index >= len(self.labeling.source.keys):
                raise HTTPException(404)
            try:
                content, kind = await run_in_threadpool(self._encoded, index, side)
            except Exception:  # Damaged files raise exceptions of any type.
                await run_in_threadpool(self.labeling.take_unreadable, [index])
                raise HTTPException(404) from None
            return Response(content, media_type=kind)

        return answer

    def _encode(self, index, side):
        return as_bytes(self.labeling.source.picture(index, side))

    def _write(self, function, fields):
        """Return the endpoint of a write: it answers with the state after it."""

        async def answer(request):
            sent = await read_object(request, **fields)
            if self.done.is_set():
                raise HTTPException(409, "The labeling has ended.")
            trouble = None
            try:
                await run_in_threadpool(function, **sent)
            except InputError as error:
                trouble = str(error)
            guesses = request.query_params.get("guesses") == "yes"
            state = await run_in_threadpool(self.state, guesses)
            status = 422 if trouble else 200
            return JSONResponse({**state, "trouble": trouble}, status)

        return answer

    def _confirm(self, labels):
        for pair in labels:
            fits = isinstance(pair, list) and [type(v) for v in pair] == [int, str]
            if not fits:
                raise InputError("Expected pairs of a picture and a class.")
        self.labeling.label_grid(dict(labels))

    def _finish(self):
        self.ending = {"text": "The labels are saved.", "over": False}
        self.done.set()
