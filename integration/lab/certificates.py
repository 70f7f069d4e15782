# SPDX-License-Identifier: MIT
"""A certificate authority for one case: makes certificates that clients of the harness trust."""
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lab.command import run

KEYS = {"ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}


@dataclass
class Pair:
    certificate: str  # PEM
    key: str  # PEM

    def files(self, name="tls", folder="/etc/cloister/tls"):
        """{path on a machine: content}, as an administrator would put them there."""
        return {f"{folder}/{name}.crt": self.certificate, f"{folder}/{name}.key": self.key}


class Authority:
    """`file` is its own certificate, for clients."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cloister-authority-")
        self.folder = Path(self._folder.name)
        self.file = self.folder / "authority.crt"
        self._count = 0
        self._key("authority", "ec")
        run("openssl", "req", "-x509", "-key", self.folder / "authority.key", "-out", self.file, "-days", "30",
            "-subj", "/CN=Authority of a case")

    def _key(self, name, kind):
        path = self.folder / f"{name}.key"
        run("openssl", "genpkey", *KEYS[kind], "-out", path)
        return path

    def issue(self, *names, kind="ec", days=90):
        """A pair for these host names. A negative number of days makes one that has expired."""
        self._count += 1
        name = f"leaf-{self._count}"
        key = self._key(name, kind)
        request, certificate, extensions = (self.folder / f"{name}.{end}" for end in ("csr", "crt", "ext"))
        alternatives = ",".join(f"DNS:{each}" for each in names)
        extensions.write_text(f"subjectAltName={alternatives}\nextendedKeyUsage=serverAuth\n"
                              "keyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n")
        run("openssl", "req", "-new", "-key", key, "-subj", f"/CN={names[0]}", "-out", request)
        run("openssl", "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.folder / "authority.key",
            "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        return Pair(certificate.read_text() + self.file.read_text(), key.read_text())
