"""Debian's nginx with the configuration of docs/deploy, on ports and in folders of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.browser.server import ROOT, free_port, wait_for_port
from tests.programs import find

CONFIGURATION = ROOT / "docs/deploy/nginx.conf"
#: The name that the configuration gives the site.
NAME = "namndkollen.example"

#: What is around a site's configuration: Debian's own nginx.conf, in folders of our own.
AROUND = """
{user}
worker_processes auto;
pid "{folder}/nginx.pid";
error_log "{folder}/error.log";
events {{
    worker_connections 768;
}}
http {{
    sendfile on;
    tcp_nopush on;
    include "{types}";
    default_type application/octet-stream;
    gzip on;
    access_log "{folder}/access.log";
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    {site}
    {more}
}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """An nginx that runs in front of a site."""

    folder: Path
    http: int
    https: int

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"


@contextmanager
def in_front(folder: Path, site: int, static: Path, *, more: str = "", listen: str = "") -> Iterator[Front]:
    """Run nginx in front of the site at a port; ``more`` is added to the configuration, ``listen`` to its site."""
    front = Front(folder, free_port(), free_port())
    make_certificate(folder)
    types = Path(_built_with("--conf-path")).with_name("mime.types")
    configuration = folder / "nginx.conf"
    configuration.write_text(
        AROUND.format(
            folder=folder,
            types=types,
            site=adapted(front, site, static, listen=listen),
            more=more,
            user="user root root;" if os.geteuid() == 0 else "",
        ),
        encoding="utf-8",
    )
    command = [str(find("nginx")), "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        wait_for_port(front.https, process, 10)
        yield front
    finally:
        process.terminate()
        process.wait(20)


def adapted(front: Front, site: int, static: Path, *, listen: str = "") -> str:
    """Give the configuration with our paths and ports in the place of an installation's, and nothing else changed.

    :raises ValueError: if it has not got what is to be changed.
    """
    text = CONFIGURATION.read_text(encoding="utf-8")
    for theirs, ours in (
        ("listen 80;", f"listen 127.0.0.1:{front.http};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{front.https} ssl http2; {listen}"),
        ("listen [::]:443 ssl http2;", ""),
        ("/etc/ssl/namndkollen/", f"{front.folder}/"),
        ("127.0.0.1:8000 max_fails=0;", f"127.0.0.1:{site} max_fails=0;"),
        ("/var/lib/namndkollen/static/;", f"{static}/;"),
        ("/srv/namndkollen/", f"{ROOT}/"),
        ("/run/namndkollen-pages ", f"{front.folder}/pages "),
        ("/var/log/nginx/namndkollen.log", f"{front.folder}/access.log"),
    ):
        if theirs not in text:
            raise ValueError(f"{CONFIGURATION} has no {theirs!r}")
        text = text.replace(theirs, ours)
    return text


def make_certificate(folder: Path) -> None:
    """Make a key and a certificate that names the site, and that only those who are told of it trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(encoding))
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(private)


def _built_with(option: str) -> str:
    """Give what nginx was built with."""
    said = subprocess.run([str(find("nginx")), "-V"], capture_output=True, text=True, check=True).stderr
    return next(part.partition("=")[2] for part in said.split() if part.startswith(f"{option}="))
