"""What divides the fields of a text file that is a table."""

import csv
import re

# The comma is last, because it may be in numbers.
DELIMITERS = "\t;|,"
# What such a file is, for messages. Excel's plain CSV has another encoding.
FORM = 'a table with commas, semicolons or tabs, in UTF-8 (in Excel, "CSV UTF-8")'
# Characters from which the form of a file is detected.
SAMPLE = 2**16
# The first line of a file for Excel may name the delimiter.
NAMED = re.compile(rf'"?sep=([{DELIMITERS}])"?\s*', re.IGNORECASE)


def first_lines(file):
    """Return whole lines from the beginning of a text file, and go back there."""
    sample = file.read(SAMPLE)
    if len(sample) == SAMPLE and sample.count("\n") > 1:
        lines = sample.splitlines(keepends=True)[:-1]  # The last may not be whole.
    else:  # All of a short file; or two lines of a wide table, whose header is longer.
        lines = (sample + file.readline() + file.readline()).splitlines(keepends=True)
    file.seek(0)
    return lines


def names_delimiter(lines):
    """Return whether the first line is ``sep=;``, with any delimiter, and no row."""
    return bool(lines and NAMED.fullmatch(lines[0]))


def delimiter_of(lines):
    """Return what divides the fields, as nearly all lines have it; a comma if nothing.

    Parameters
    ----------
    lines : list of str
    """
    if names_delimiter(lines):
        return NAMED.fullmatch(lines[0])[1]
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:  # A wide table has no such delimiter: a line is one field.
            continue
        if widths and widths[0] > 1 and widths.count(widths[0]) > 0.9 * len(widths):
            return delimiter
    return ","
