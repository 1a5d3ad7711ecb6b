"""``manage.py run``: prepare everything and serve the site until Ctrl-C."""

import fcntl
import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import static


class Command(BaseCommand):
    help = "Migrera, läs in planerna och servera webbplatsen tills du trycker Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        # Two that start at once would migrate the same database and write the same files.
        with (settings.DATA_DIR / "run.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            require_free_port(settings.HOST, settings.PORT)
            static.collect()
            prepare()
        self.stdout.write(
            f"\nNämndkollen finns nu på http://{shown(settings.HOST)}:{settings.PORT}/ – avsluta med Ctrl-C.\n"
        )
        if settings.HTTPS:
            self.stdout.write("Den svarar bara över HTTPS, genom en webbserver framför (TRUST_PROXY=on). ")
            self.stdout.write("Sätt HTTPS=off för att pröva den utan.\n")
        self.stdout.flush()
        serve()


def prepare() -> None:
    """Prepare the database in a process of its own.

    What sets a report as a PDF has threads, which the workers that are forked from this process would wait for in vain.

    :raises CommandError: if it fails; the process has said why.
    """
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"]
    done = subprocess.run(command, check=False)  # noqa: S603 - our own program and arguments
    if done.returncode:
        raise CommandError("Webbplatsen kunde inte förberedas.", returncode=done.returncode)


def require_free_port(host: str, port: int) -> None:
    """Make sure that nothing else listens where we are about to.

    :raises CommandError: if the address is taken or does not exist here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} kan inte användas ({error.strerror}). Välj en annan port: make run PORT=8001"
            raise CommandError(message) from error


def shown(host: str) -> str:
    """Give the host as one writes it in a browser on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def serve() -> None:
    """Serve the WSGI application with granian until a signal ends it.

    Threads are begun when they are needed, and each keeps one database connection open.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "config.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WORKERS,
        # Two more than the files that are sent at a time (goals.rates), each of which may be read slowly.
        blocking_threads=5,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=settings.SERVER_LOGGING,
        workers_kill_timeout=20,
        respawn_failed_workers=True,
    ).serve()
