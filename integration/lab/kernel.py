# SPDX-License-Identifier: MIT
"""What the host's kernel offers."""
import ctypes

LANDLOCK_CREATE_RULESET = 444
LANDLOCK_CREATE_RULESET_VERSION = 1


def landlock_abi():
    """The version of Landlock, or -1 where there is none; landlock_create_ruleset(2)."""
    return ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
