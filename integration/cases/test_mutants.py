# SPDX-License-Identifier: MIT
"""Every line of the policy is needed: a server that lacks one dies of it at its ordinary work, and the whole one does not."""
import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from lab.client import exchange
from lab.secure import SecureConnection, settings
from lab.vdso import start_without_clock

NOBODY = 65534
HTTP, HTTPS = 8080, 8443
LARGE = bytes(range(256)) * 4096
# Leaves the server a heap that is soon full.
ADDRESS_SPACE = 256 << 20
DIED_OF_THE_FILTER = -signal.SIGSYS


class Mutant:
    """A server of the build, on loopback and as nobody, without the line `without` of its policy."""

    def __init__(self, folder, without):
        command = [folder / "mutant", "serve", "--site", folder / "site", "--threads", "2",
                   "--listen", f"127.0.0.1:{HTTP}", "--listen", f"https://127.0.0.1:{HTTPS}",
                   "--tls-cert", folder / "tls.crt", "--tls-key", folder / "tls.key"]
        environment = {"CLOISTER_WITHOUT": without} if without else {}
        self.process = start_without_clock(command, self._become_nobody, env=environment,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def _become_nobody():
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)

    def wait_until_it_listens(self):
        deadline = time.monotonic() + 10
        while self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", HTTPS), timeout=1):
                return
            assert time.monotonic() < deadline, "it neither listens nor ends"
            time.sleep(0.02)

    def stop_and_continue(self):
        for number in signal.SIGSTOP, signal.SIGCONT:
            time.sleep(0.1)
            self.process.send_signal(number)

    def end(self):
        """Its exit status, negative for a signal; after SIGTERM, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.said = self.process.communicate(timeout=20)[1]
        finally:
            self.process.kill()
        return self.process.returncode


def work(mutant, authority):
    """What a server does all day, and on its worst days."""
    mutant.wait_until_it_listens()
    assert exchange("127.0.0.1", "/large.bin", port=HTTP).body == LARGE
    secure = SecureConnection("127.0.0.1", settings(authority, "http/1.1"), port=HTTPS)
    with contextlib.closing(secure):
        assert secure.ask("/large.bin").body == LARGE
    meanwhile = threading.Thread(target=mutant.stop_and_continue)
    meanwhile.start()
    try:
        assert exchange("127.0.0.1", "/wait", port=HTTP).text == "survived\n"
    finally:
        meanwhile.join()
    for path in "/free", "/fill":
        assert exchange("127.0.0.1", path, port=HTTP).text == "survived\n"


def fate(folder, authority, without=None):
    mutant = Mutant(folder, without)
    with contextlib.suppress(OSError, AssertionError, http.client.HTTPException) if without else contextlib.nullcontext():
        work(mutant, authority)
    return mutant.end(), mutant.said


@pytest.fixture
def folder(lab, authority):
    folder = lab.folder / "mutants"
    (folder / "site").mkdir(parents=True)
    (folder / "site/large.bin").write_bytes(LARGE)
    pair = authority.issue("example.org")
    (folder / "tls.crt").write_text(pair.certificate)
    (folder / "tls.key").write_text(pair.key)
    os.chown(folder / "tls.key", NOBODY, NOBODY)
    (folder / "tls.key").chmod(0o400)
    shutil.copy(lab.build / "mutant", folder)
    yield folder
    shutil.rmtree(folder)


def test_a_server_without_any_one_line_of_its_policy_dies_at_work(lab, folder, authority):
    policy = json.loads(subprocess.run([lab.build / "cloister", "policy", "--json"], capture_output=True).stdout)
    lines = [line["name"] for table in ("system_calls", "answered") for line in policy[table]]
    assert len(lines) == len(set(lines)) > 10
    code, said = fate(folder, authority)
    assert code == 0, f"the whole policy suffices\n{said}"
    fates = {line: fate(folder, authority, without=line)[0] for line in lines}
    assert fates == dict.fromkeys(lines, DIED_OF_THE_FILTER)
