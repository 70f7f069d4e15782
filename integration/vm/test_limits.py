# SPDX-License-Identifier: MIT
"""What the unit promises of memory, tasks and addresses is kept by the kernel: a container here has no controllers."""
GROUP = "/sys/fs/cgroup/system.slice/cloister.service"
MIB = 1024 * 1024


def test_the_bounds_of_the_unit_are_those_of_the_kernel(machine):
    machine.get("/")
    bounds = machine.sh(f"cd {GROUP} && cat memory.max memory.swap.max pids.max").stdout.split()
    assert bounds == [str(1024 * MIB), "0", "256"]


def test_a_site_larger_than_the_memory_is_killed_and_served_once_it_is_smaller(machine, limit):
    limit(MemoryMax=32 * MIB)
    machine.sh("mkdir /srv/cloister/filler && cd /srv/cloister/filler && head -c 100M /dev/zero | split -b 60000 -a 4")
    machine.sh("systemctl start --no-block cloister.service")
    machine.await_journal("cloister.service", "oom-kill", seconds=60)
    assert machine.state("cloister-http.socket") == "active"
    machine.sh("rm -r /srv/cloister/filler")
    assert "It works" in machine.get("/").text
    assert int(machine.property("cloister.service", "NRestarts")) >= 1


def test_a_service_that_may_not_have_its_threads_says_so_and_the_port_stays(machine, limit):
    limit(TasksMax=1)
    machine.sh("systemctl start --no-block cloister.service")
    machine.await_journal("cloister.service", "Resource temporarily unavailable", seconds=30)
    assert machine.state("cloister-http.socket") == "active"


def test_the_address_filter_spares_what_was_inherited(machine, limit):
    limit(IPAccounting="yes")
    assert "It works" in machine.get("/").text
    assert machine.property("cloister.service", "IPAddressDeny") in ("0.0.0.0/0 ::/0", "::/0 0.0.0.0/0")
    # The filter is in place and counts, but what clients send is accounted to the socket.
    assert machine.property("cloister.service", "IPIngressBytes") == "0"


def test_the_address_filter_denies_what_a_service_opens_itself(machine):
    ask = f"curl --silent --show-error --max-time 10 http://{machine.ip4}/"
    assert "It works" in machine.run_as_service(ask, check=True).stdout
    denied = machine.run_as_service(ask, "IPAddressDeny=any")
    assert (denied.stdout, denied.returncode) == ("", 28), denied
