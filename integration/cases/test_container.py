# SPDX-License-Identifier: MIT
"""The image that the Containerfile makes serves a site without root, without a capability, without a writable file."""
import os
import time

import pytest

from conftest import PAGE
from lab import containers
from lab.client import exchange
from lab.processes import CAPABILITY_SETS, Process

AS_STRICT_AS_DOCUMENTED = ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"]


@pytest.fixture(scope="module", autouse=True)
def image(lab):
    containers.assemble_image(os.environ["CLOISTER_BUILD"])


@pytest.fixture
def site(tmp_path):
    (tmp_path / "page.txt").write_text(PAGE)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return f"--volume={tmp_path}:/srv/cloister:ro"


def answer_of(path, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return exchange("127.0.0.1", path, port=8080)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, f"nobody listens on port 8080 after {seconds} s"
            time.sleep(0.05)


def test_a_container_without_any_privilege_serves_the_site(site):
    with containers.running(*AS_STRICT_AS_DOCUMENTED, site) as name:
        assert answer_of("/page.txt").text == PAGE
        process = Process(int(containers.inspect(name, ".State.Pid")))
        assert set(process.uids()) == {65532}
        for status in process.statuses():
            assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
            assert {status[each] for each in CAPABILITY_SETS} == {"0" * 16}


def test_a_container_without_options_is_confined_as_well(site):
    with containers.running(site) as name:
        assert answer_of("/.well-known/cloister/health").status == 200
        for status in Process(int(containers.inspect(name, ".State.Pid"))).statuses():
            assert (status["Seccomp"], status["NoNewPrivs"], status["CapEff"]) == ("2", "1", "0" * 16)


def test_a_container_stops_at_once(site):
    with containers.running(*AS_STRICT_AS_DOCUMENTED, site) as name:
        answer_of("/page.txt")
        begin = time.monotonic()
        containers.run(*containers.command("stop", "--time=10", name))
        assert time.monotonic() - begin < 3
        assert containers.inspect(name, ".State.ExitCode") == "0"


def test_the_image_names_a_user_that_is_not_root(image):
    assert containers.inspect(containers.IMAGE, ".Config.User") == "65532:65532"
