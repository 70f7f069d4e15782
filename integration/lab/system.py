# SPDX-License-Identifier: MIT
"""What can be asked of any machine that runs systemd, in a container of its own or in a virtual one."""
import time

from lab.client import exchange


class System:
    """A machine has `ip4`, sh(), which runs a shell script as its administrator, and journal()."""

    def run_as_service(self, command, *properties, check=False):
        """Runs a command inside as a transient service, so under all that a service is under; waits for its end."""
        options = " ".join(f"-p '{each}'" for each in properties)
        return self.sh(f"systemd-run --quiet --wait --pipe --collect {options} {command}", check=check)

    def get(self, path="/", **options):
        """A GET over IPv4 on port 80, or what the options of lab.client.exchange() say."""
        return exchange(options.pop("host", self.ip4), path, **options)

    def get_inside(self, url):
        """The body of `url` as curl inside the machine gets it; waits for a server that is just starting."""
        attempts = f"for i in $(seq 100); do curl --silent --fail --max-time 5 {url} && exit; sleep 0.05; done; exit 1"
        return self.sh(attempts).stdout

    def property(self, unit, name):
        return self.sh(f"systemctl show --value -p {name} {unit}").stdout.strip()

    def state(self, unit):
        return self.property(unit, "ActiveState")

    def await_state(self, unit, wanted, seconds=10):
        self.wait_for(lambda: self.state(unit) == wanted, f"{unit} is {wanted}", seconds)

    def await_journal(self, unit, text, seconds=10):
        """Waits until the journal of the unit has `text`; returns the journal."""
        self.wait_for(lambda: text in self.journal(unit), f"the journal of {unit} says {text!r}", seconds)
        return self.journal(unit)

    def wait_for(self, is_true, claim, seconds=10):
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, f"not within {seconds} s: {claim}"
            time.sleep(0.02)
