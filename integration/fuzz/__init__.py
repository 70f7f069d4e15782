# SPDX-License-Identifier: MIT
"""Made-up inputs for the fuzz targets of app/: fuzz/run.py."""
