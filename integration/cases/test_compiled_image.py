# SPDX-License-Identifier: MIT
"""The Containerfile compiles the program from the source, on a Debian with nothing else, and it is the same one."""
import os

from lab import containers
from lab.command import run


def test_the_compiled_image_holds_the_program_of_this_source():
    containers.compile_image()
    own = run(os.path.join(os.environ["CLOISTER_BUILD"], "cloister"), "policy").stdout
    said = run(*containers.command("run", "--rm", "--read-only", "--cap-drop=all", "--network=none",
                                   "--log-driver=none", containers.IMAGE, "policy")).stdout
    assert said == own
    assert "recv" in said, "the policy is there"
