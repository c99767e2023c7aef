"""What every local page is made of: a template, a script, a stylesheet, an icon."""

import functools

import jinja2
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from ssgan.pages.colors import COLORS

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def page_routes(page, **context):
    """Return the routes of a page: itself at "/", and the three files that it loads.

    Parameters
    ----------
    page : str
        ``PAGE.html``, ``PAGE.js`` and ``PAGE.css`` are among the templates.
    **context
        What the template of the page uses.

    Returns
    -------
    list of starlette.routing.Route
    """
    html = _render(f"{page}.html", **context)
    routes = [Route("/", _always(html, "text/html"))]
    for file in (f"{page}.css", f"{page}.js", "icon.svg"):
        text, kind = _render(file), TYPES[file.rpartition(".")[2]]
        routes.append(Route(f"/{file}", _always(text, kind)))
    return routes


async def read_object(request, **fields):
    """Return the JSON object of a request, with fields of the given types only.

    Raises
    ------
    HTTPException
        If it is anything else.
    """
    try:
        value = await request.json()
    except (ValueError, RecursionError):
        raise HTTPException(400, "Expected JSON.") from None
    # A bool is an int for Python, but not for us.
    fits = isinstance(value, dict) and value.keys() == fields.keys()
    fits = fits and all(type(value[key]) is kind for key, kind in fields.items())
    if not fits:
        raise HTTPException(400, f"Expected an object with {', '.join(fields)}.")
    return value


@functools.cache
def _templates():
    return jinja2.Environment(
        loader=jinja2.PackageLoader("ssgan.web"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(file, **context):
    return _templates().get_template(file).render(colors=COLORS, **context)


def _always(text, kind):
    async def answer(request):
        return Response(text, media_type=kind)

    return answer
