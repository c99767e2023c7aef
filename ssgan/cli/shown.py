"""What commands show: tables, and the command line itself."""

import shlex

from rich.console import Console
from rich.table import Table


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


def show(table):
    """Print a table. Nothing in it is taken for mark-up."""
    Console(markup=False, emoji=False).print(table)


def table_of(*columns):
    """Return an empty table: the first column holds names, the others numbers."""
    table = Table()
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table
