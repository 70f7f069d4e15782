# SPDX-License-Identifier: MIT
"""A whole machine boots: its ports are open before the network is up, and the first connection starts the service."""
import pytest

from lab.secure import exchange_secure

SOCKETS = "cloister-http.socket", "cloister-https.socket"


def moment(machine, unit):
    """When it became active: microseconds since the kernel started."""
    return int(machine.property(unit, "ActiveEnterTimestampMonotonic"))


def test_enabled_sockets_survive_a_reboot_and_the_first_connection_starts_the_service(machine):
    assert {machine.state(socket) for socket in SOCKETS} == {"active"}
    assert machine.state("cloister.service") == "inactive"
    assert "It works" in machine.get("/").text
    assert machine.state("cloister.service") == "active"


def test_the_ports_are_open_before_the_network_is_up(machine):
    online = moment(machine, "network-online.target")
    assert online > 0, "something waited for the network"
    for socket in SOCKETS:
        assert 0 < moment(machine, socket) < online, socket


@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
def test_one_service_serves_both_ports(machine, authority, protocol):
    for host in machine.ip4, machine.ip6:
        assert "It works" in machine.get("/", host=host).text
        assert "It works" in exchange_secure(host, "/", authority, protocol).text


def test_nothing_on_the_machine_has_failed(machine):
    machine.get("/")
    assert machine.sh("systemctl --failed --no-legend --plain").stdout == ""
