# SPDX-License-Identifier: MIT
"""The port belongs to the service manager: it starts the service, and outlives it."""
import pytest

ONE_PROCESS_FOR_EACH_CONNECTION = {
    "/etc/systemd/system/each.socket": "[Socket]\nListenStream=8081\nAccept=yes\n",
    "/etc/systemd/system/each@.service": """[Service]
Type=notify
DynamicUser=yes
ExecStart=/usr/sbin/cloister serve --site /srv/cloister
""",
}


def test_the_first_connection_starts_the_service(machine):
    assert machine.state("cloister-http.socket") == "active"
    assert machine.state("cloister.service") == "inactive"
    answer = machine.get("/")
    assert (answer.status, answer.text) == (200, "<!doctype html><title>Site</title><h1>It works</h1>\n")
    assert machine.state("cloister.service") == "active"


def test_a_stopped_service_leaves_the_port_and_the_next_connection_starts_it(machine):
    machine.get("/")
    first = machine.process()
    stopping = machine.sh("systemctl stop cloister.service")
    assert "cloister-http.socket" in stopping.stderr, "systemctl warns that the socket can start the service again"
    print(stopping.stderr)
    assert machine.state("cloister.service") == "inactive"
    assert machine.state("cloister-http.socket") == "active"
    assert machine.get("/").status == 200
    assert machine.process() != first


def test_stopping_the_socket_and_the_service_closes_the_port(machine):
    machine.get("/")
    machine.sh("systemctl stop cloister-http.socket cloister.service")
    with pytest.raises(ConnectionRefusedError):
        machine.get("/")


def test_starting_the_service_by_hand_brings_its_socket_up(machine):
    machine.sh("systemctl stop cloister-http.socket")
    machine.sh("systemctl start cloister.service")
    assert machine.state("cloister-http.socket") == "active"
    assert machine.get("/").status == 200


def test_a_socket_that_accepts_by_itself_gets_a_process_for_each_connection(boot):
    machine = boot(files=ONE_PROCESS_FOR_EACH_CONNECTION)
    machine.sh("systemctl start each.socket")
    for _ in range(3):
        assert "It works" in machine.get("/", port=8081).text
    machine.wait_for(lambda: machine.property("each.socket", "NConnections") == "0", "each process ends with its client")
    assert machine.property("each.socket", "NAccepted") == "3"
    assert machine.sh("systemctl --failed --no-legend --plain").stdout == ""


def test_a_clean_stop_takes_less_than_a_second_and_leaves_no_failure(machine):
    machine.get("/")
    machine.sh("timeout 1 systemctl stop cloister.service")
    assert machine.property("cloister.service", "Result") == "success"
    assert machine.property("cloister.service", "ExecMainStatus") == "0"
