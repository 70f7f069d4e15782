# SPDX-License-Identifier: MIT
"""The servers that are compared, each with two processors' worth of workers, the same files and the same certificate."""
import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from wrong import Wrong

NGINX = """daemon off;
user nobody nogroup;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    types {{ text/plain txt; }}
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    open_file_cache max=1000 inactive=60s;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
    server {{
        listen 127.0.0.1:{http} backlog=4096 reuseport;
        listen 127.0.0.1:{https} ssl http2 backlog=4096 reuseport;
        root {site};
    }}
}}
"""

# Without ocsp-update-interval h2o would ask the certificate's issuer over the network.
H2O = """num-threads: 2
user: nobody
listen: {{host: 127.0.0.1, port: {http}}}
listen:
  host: 127.0.0.1
  port: {https}
  ssl: {{certificate-file: {certificate}, key-file: {key}, minimum-version: TLSv1.2, ocsp-update-interval: 0}}
hosts:
  default:
    paths:
      "/": {{file.dir: {site}}}
"""


class Server:
    """A running server. `process` is its main process; its children and theirs count too."""

    def __init__(self, name, process, log, http, https):
        self.name, self.process, self.log, self.http, self.https = name, process, log, http, https
        self.pids = []

    def await_start(self):
        deadline = time.monotonic() + 10
        for port in self.http, self.https:
            while not is_open(port):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Wrong(f"{self.name} did not start\n{self.last_words()}")
                time.sleep(0.05)
        time.sleep(0.3)  # A port can be open before the last worker has begun.
        self.pids = self.family()

    def last_words(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])

    def family(self):
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        pids = [self.process.pid]
        for pid in pids:
            pids += [child for child, parent in parents.items() if parent == pid]
        return sorted(pids)

    def check_alive(self):
        if self.process.poll() is not None or self.family() != self.pids:
            raise Wrong(f"{self.name} died under load; its processes were {self.pids} and are {self.family()}\n"
                        f"{self.last_words()}")

    def processor_seconds(self):
        """What each of its threads has run so far, {thread: seconds}, from the scheduler's own count in nanoseconds."""
        files = (task / "schedstat" for pid in self.pids for task in Path(f"/proc/{pid}/task").iterdir())
        return {file.parent.name: int(file.read_text().split()[0]) / 1e9 for file in files}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def is_open(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def listener():
    """A socket as cloister-http.socket makes it, on a free port of loopback."""
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.bind(("127.0.0.1", 0))
    made.listen(4096)
    return made


class Ground:
    """The folder of a comparison, which the user nobody can read: the site, the certificate with its key, and each
    server's settings and log. `pages` is {path: content}."""

    def __init__(self, folder, pages):
        folder.chmod(0o755)
        self.folder, self.site = folder, folder / "site"
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.site.mkdir()
        for path, content in pages.items():
            (self.site / path[1:]).write_bytes(content)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "90", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True, timeout=30)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.key, nobody.pw_uid, nobody.pw_gid)

    def settings(self, name, text, http, https):
        file = self.folder / name
        file.write_text(text.format(folder=self.folder, site=self.site, certificate=self.certificate, key=self.key,
                                    http=http, https=https))
        return file

    def start(self, name, command, http, https, **options):
        log = self.folder / f"{name}.out"
        with open(log, "wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
        return Server(name, process, log, http, https)


def start_cloister(ground, program, name="cloister"):
    """As it ships: confined, as nobody, on sockets passed as systemd passes them."""
    # A copy, because nobody may be unable to reach the build.
    copy = shutil.copy(program, ground.folder / name)
    nobody = pwd.getpwnam("nobody")
    sockets = listener(), listener()

    def become_service():
        # First out of the way: a socket may already be where the other goes.
        for place, source in enumerate([fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in sockets], 3):
            os.dup2(source, place)
            os.close(source)
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)

    # The shell says its own process id, which exec keeps, as the service manager would.
    script = 'export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=http:https; exec "$@"'
    command = ["sh", "-c", script, "sh", copy, "serve", "--site", ground.site, "--tls-cert", ground.certificate,
               "--tls-key", ground.key]
    ports = [each.getsockname()[1] for each in sockets]
    server = ground.start(name, command, *ports, preexec_fn=become_service, close_fds=False)
    # Ours closed, the ports live as long as the server: a dead one refuses instead of keeping clients waiting.
    for each in sockets:
        each.close()
    return server


def free_ports():
    with listener() as http, listener() as https:
        return http.getsockname()[1], https.getsockname()[1]


def start_nginx(ground):
    ports = free_ports()
    settings = ground.settings("nginx.conf", NGINX, *ports)
    log = ground.folder / "nginx.log"
    return ground.start("nginx", ["nginx", "-p", ground.folder, "-e", log, "-c", settings], *ports)


def start_h2o(ground):
    ports = free_ports()
    return ground.start("h2o", ["h2o", "-c", ground.settings("h2o.conf", H2O, *ports)], *ports)
