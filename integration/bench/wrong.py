# SPDX-License-Identifier: MIT
"""What ends a comparison."""


class Wrong(Exception):
    """A server did not do what it is measured for. Its figures would be worth nothing, so none is printed."""
