# SPDX-License-Identifier: MIT
"""A server that is handed the wrong descriptors does not start, says what is wrong, and leaves the port alone."""
import re
import socket

import pytest

WRONG = {
    "datagram": ("[Socket]\nListenStream=\nListenDatagram=80\n", r"descriptor 3 .*datagram"),
    "unknown_name": ("[Socket]\nFileDescriptorName=metrics\n", r"descriptor 3 .*\"metrics\".*FileDescriptorName="),
    "https_without_keys": ("[Socket]\nFileDescriptorName=https\n", r"https.*(key|certificate|--tls-cert|tls\.crt)"),
}
GARBAGE = ["", "-1", "0", "3x", " 1", "2147483647", "99999999999999999999"]
AS_NOBODY = ("User=nobody", "Group=nogroup")


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_descriptor_is_refused_by_name_and_the_socket_survives(boot, kind):
    drop_in, message = WRONG[kind]
    machine = boot(socket=drop_in)
    with socket.socket(type=socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM) as client:
        client.connect((machine.ip4, 80))
        if kind == "datagram":
            client.send(b"x")
        machine.wait_for(lambda: re.search(message, machine.journal("cloister.service"), re.IGNORECASE), message)
        machine.wait_for(lambda: int(machine.property("cloister.service", "NRestarts")) >= 8, "it is tried again")
    assert machine.state("cloister-http.socket") == "active"


def test_a_garbled_count_of_descriptors_is_refused_by_name(boot):
    garble = "#!/bin/sh\nexport LISTEN_PID=$$ LISTEN_FDS=\"$1\"\nexec /usr/sbin/cloister serve --site /srv/cloister\n"
    machine = boot(files={"/opt/garble": garble})
    for value in GARBAGE:
        refused = machine.run_as_service(f"timeout 5 sh /opt/garble '{value}'", *AS_NOBODY)
        assert refused.returncode not in (0, 124), f"LISTEN_FDS={value!r} was taken"
        assert "LISTEN_FDS" in refused.stderr + refused.stdout, f"LISTEN_FDS={value!r}"
    assert machine.state("cloister-http.socket") == "active"


def test_descriptors_meant_for_another_process_are_left_alone(boot):
    misled = "#!/bin/sh\nexport LISTEN_PID=1 LISTEN_FDS=1\nexec /usr/sbin/cloister serve --site /srv/cloister\n"
    machine = boot(files={"/opt/misled": misled})
    machine.sh("systemd-run --quiet --unit=misled -p User=nobody -p Group=nogroup sh /opt/misled")
    assert "It works" in machine.get_inside("http://127.0.0.1:8080/")


def test_two_sockets_under_one_name_are_both_served(boot):
    machine = boot(socket="[Socket]\nListenStream=8081\n")
    assert machine.get("/").status == 200
    assert machine.get("/", port=8081).status == 200
    assert len(machine.processes()) == 1
