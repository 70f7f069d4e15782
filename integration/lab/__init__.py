# SPDX-License-Identifier: MIT
"""Boots machines with a real systemd and talks to them; runs inside the namespaces that integration/run makes."""
