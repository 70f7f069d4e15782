# SPDX-License-Identifier: MIT
"""Tables of figures that cases fill, a row each, printed when the run ends."""

_tables = {}


def add(title, name, figures):
    """A row `name` of the table `title`: {column: value}."""
    _tables.setdefault(title, {})[name] = figures


def lines():
    for title, rows in _tables.items():
        columns = ["", *next(iter(rows.values()))]
        cells = [columns] + [[name, *(str(row.get(column, "-")) for column in columns[1:])] for name, row in rows.items()]
        widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
        yield title
        for row in cells:
            yield "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
        yield ""
