# SPDX-License-Identifier: MIT
"""The ten-line program: by hand on port 8080, by the service manager on port 80."""
UNITS = {
    "/etc/systemd/system/hello.socket": "[Socket]\nListenStream=80\nNoDelay=true\n",
    "/etc/systemd/system/hello.service": """[Unit]
Requires=hello.socket
After=hello.socket
[Service]
ExecStart=/opt/hello
NonBlocking=true
DynamicUser=yes
""",
}


def test_hello_by_hand_answers_on_port_8080(boot):
    machine = boot(programs=["hello"])
    machine.sh("systemd-run --quiet --unit=by-hand setpriv --reuid=nobody --regid=nogroup --clear-groups /opt/hello")
    assert machine.get_inside("http://127.0.0.1:8080/") == "Hello World!"


def test_hello_by_systemd_answers_on_port_80(boot):
    machine = boot(programs=["hello"], files=UNITS)
    machine.sh("systemctl stop cloister-http.socket && systemctl start hello.socket")
    assert machine.state("hello.service") == "inactive"
    assert machine.get("/").text == "Hello World!"
    assert {status["Seccomp"] for status in machine.process("hello.service").statuses()} == {"2"}


def test_stopping_hello_alone_leaves_its_port(boot):
    machine = boot(programs=["hello"], files=UNITS)
    machine.sh("systemctl stop cloister-http.socket && systemctl start hello.service")
    assert "hello.socket" in machine.sh("systemctl stop hello.service").stderr
    assert machine.get("/").text == "Hello World!"
