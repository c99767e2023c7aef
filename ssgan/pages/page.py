"""Render a page from a template."""

import datetime

import jinja2

from ssgan import __version__
from ssgan.errors import counted
from ssgan.pages.colors import COLORS
from ssgan.stats.percent import percent as without_noise
from ssgan.support.files import atomic_write


def write_page(path, template, title, command, result, context):
    """Render a template and write the page.

    Parameters
    ----------
    path : path
        The ``.html`` file.
    template : str
        Its name in the folder ``templates``.
    title : str
    command : str or None
        The command that makes the result again, if there is one.
    result : dict
        The "machine" and "versions" that made the result.
    context : dict
        All other values that the template uses.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ssgan.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "rate": rate}
    page = environment.get_template(template).render(
        title=title,
        command=command,
        versions=result["versions"],
        machine=result["machine"],
        colors=COLORS,
        version=__version__,
        date=datetime.date.today().isoformat(),
        **context,
    )
    with atomic_write(path) as temporary:
        # The name of a file or folder may hold bytes that are no text.
        temporary.write_text(page, encoding="utf-8", errors="backslashreplace")


def percent(fraction, digits=2):
    """Return a fraction as text in per cent."""
    return f"{100 * fraction:.{digits}f}\N{NO-BREAK SPACE}%"


def rate(fraction, n=0, sign=" %"):
    """Return `ssgan.stats.percent.percent`, on one line."""
    said = without_noise(fraction, n, sign)
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def seconds_in_words(seconds):
    """Return a duration as text, in seconds or minutes."""
    if seconds < 100:
        return counted(round(seconds), "second")
    minutes = seconds / 60
    return f"{minutes:.0f} minutes" if minutes > 10 else f"{minutes:.1f} minutes"
