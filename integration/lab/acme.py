# SPDX-License-Identifier: MIT
"""A certificate authority that speaks ACME (pebble), and Debian's clients that ask it, on one machine."""
import json

from lab.tree import tree_of_few

HOST = "example.org"
WEBROOT = "/var/lib/cloister-acme"
FOLDER = f"{WEBROOT}/.well-known/acme-challenge"
DIRECTORY = "https://localhost:14000/dir"
# What certificates the clients trust; each of them looks there.
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
CONFIGURATION = json.dumps({"pebble": {
    "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
    "certificate": "/etc/pebble/tls.crt", "privateKey": "/etc/pebble/tls.key", "httpPort": 80, "tlsPort": 443}})
# It asks at once, and neither sleeps nor refuses by chance, as it would to try its clients.
PEBBLE = """[Service]
Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0
ExecStart=/usr/bin/pebble -config /etc/pebble/pebble.json
"""
DEHYDRATED = f"""CA={DIRECTORY}
WELLKNOWN={FOLDER}
BASEDIR=/var/lib/dehydrated
ACCOUNT_KEYSIZE=2048
KEY_ALGO=prime256v1
"""
# How each client is told to use the webroot, and where it puts the chain of the host.
CLIENTS = {
    "certbot": (f"certbot certonly --non-interactive --agree-tos --register-unsafely-without-email --server {DIRECTORY} "
                f"--webroot --webroot-path {WEBROOT} --domain {HOST}",
                f"/etc/letsencrypt/live/{HOST}/fullchain.pem"),
    "lego": (f"lego --server {DIRECTORY} --email a@{HOST} --accept-tos --path /var/lib/lego --domains {HOST} "
             f"--http --http.webroot {WEBROOT} run",
             f"/var/lib/lego/certificates/{HOST}.crt"),
    "uacme": (f"export UACME_CHALLENGE_PATH={FOLDER}; uacme --acme-url {DIRECTORY} --confdir /etc/uacme --yes new && "
              f"uacme --acme-url {DIRECTORY} --confdir /etc/uacme --hook /usr/share/uacme/uacme.sh issue {HOST}",
              f"/etc/uacme/{HOST}/cert.pem"),
    "dehydrated": (f"dehydrated --register --accept-terms && dehydrated --cron --domain {HOST} --challenge http-01",
                   f"/var/lib/dehydrated/certs/{HOST}/fullchain.pem"),
}


def tree():
    return tree_of_few("acme")


def files(authority):
    """{path: content} that a machine of this tree needs; `authority` (lab.certificates) vouches for pebble's own port."""
    return {**authority.issue("localhost").files(folder="/etc/pebble"),
            "/etc/pebble/pebble.json": CONFIGURATION,
            "/etc/systemd/system/pebble.service": PEBBLE,
            "/etc/dehydrated/config": DEHYDRATED,
            TRUSTED: authority.file.read_text()}


def start(machine):
    """Starts pebble, for which the machine itself is the host that certificates are asked for."""
    machine.sh(f"echo '127.0.0.1 localhost' > /etc/hosts; echo '{machine.ip4} {HOST}' >> /etc/hosts; "
               "systemctl start pebble.service; "
               f"for i in $(seq 200); do curl --silent --output /dev/null {DIRECTORY} && exit; sleep 0.05; done; exit 1")


def names_of(machine, chain):
    """For whom the certificate is."""
    return machine.sh(f"openssl x509 -in {chain} -noout -ext subjectAltName").stdout
