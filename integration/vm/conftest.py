# SPDX-License-Identifier: MIT
"""One virtual machine for all cases of this folder, because a start takes a minute: each leaves it as it was."""
import pytest

from lab.certificates import Authority
from lab.virtual import VirtualMachine

SITE = {"/srv/cloister/index.html": "<!doctype html><title>Site</title><h1>It works</h1>\n"}


@pytest.fixture(scope="session")
def authority():
    return Authority()


@pytest.fixture(scope="session")
def rebooted(lab, authority):
    """An administrator has enabled both sockets, and the machine was booted again since."""
    machine = VirtualMachine(lab, files=SITE | authority.issue("example.org").files(), links={}, programs=[])
    try:
        machine.sh("systemctl enable cloister-http.socket cloister-https.socket")
        machine.reboot()
        yield machine
    finally:
        machine.stop()


@pytest.fixture
def machine(rebooted, request):
    request.node.machines = [rebooted]
    return rebooted


@pytest.fixture
def limit(machine):
    """limit(TasksMax=1) stops the service and sets its properties for the length of a case."""
    before = {}

    def set_all(properties):
        words = " ".join(f"{name}={value}" for name, value in properties.items())
        machine.sh(f"systemctl set-property --runtime cloister.service {words}")

    def limit(**properties):
        before.update({name: machine.property("cloister.service", name) for name in properties})
        machine.sh("systemctl stop cloister.service")
        set_all(properties)

    yield limit
    set_all(before)
    machine.sh("systemctl restart cloister.service")
