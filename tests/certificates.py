"""Certificates for engines that speak TLS: an authority of one's own, and what it has signed. Made by `openssl`."""

import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

ON_THIS_MACHINE = "IP:127.0.0.1"
ELSEWHERE = "DNS:elsewhere.example"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Signs certificates. Whoever trusts `file` trusts them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "authority.pem"
        self._folder = folder
        may = ("-addext", "keyUsage=critical,keyCertSign")
        made = ("-keyout", "authority.key", "-out", "authority.pem")
        self._openssl("req", "-x509", *KEY, *made, "-subj", "/CN=the tests' authority", "-days", "2", *may)

    def certify(self, name: str, host: str, days: int) -> ssl.SSLContext:
        """What a server of this host presents, valid for this many days from now; for less than none, never."""
        asked, signed, key = (f"{name}.{kind}" for kind in ("csr", "pem", "key"))
        self._openssl("req", *KEY, "-keyout", key, "-out", asked, "-subj", f"/CN={name}")
        (self._folder / "for").write_text(f"subjectAltName={host}\n")
        by = ("-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "for")
        self._openssl("x509", "-req", "-in", asked, "-out", signed, *by, "-days", str(days))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / signed, self._folder / key)
        return context

    def trusted(self) -> Mapping[str, str]:
        """The variables under which a process trusts this authority."""
        return {"SSL_CERT_FILE": str(self.file)}

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
