# SPDX-License-Identifier: MIT
"""Whether others frame as we do what we accept: differential/run.py."""
