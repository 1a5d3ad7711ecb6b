"""PostgreSQL servers of our own, made of the embedded wheel's programs: to be killed, frozen, filled and followed."""

import os
import shlex
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from config import embedded


class Cluster:
    """A server on a Unix socket in a folder of its own, which is handed over to the user who may run PostgreSQL."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None):
        self.folder, self.data = folder, folder / "data"
        self.environment = {**os.environ, **(environment or {})}
        self.environment.pop("PGOPTIONS", None)
        folder.mkdir(mode=0o700, parents=True)
        embedded.hand_over(folder)

    def make(self, *arguments: str, **settings: str) -> None:
        """Make the data of a server that has nothing yet."""
        self.call("initdb", "-D", "data", "--no-sync", *embedded.NEW, *arguments)
        wanted = {"listen_addresses": "", "log_min_messages": "warning", **settings}
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in wanted.items())

    def call(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the one who runs the server, in its folder.

        :raises RuntimeError: if it fails.
        """
        done = embedded.run(program, *arguments, folder=self.folder, environment=self.environment)
        if done.returncode:
            log = self.folder / "log"
            logged = log.read_text(errors="replace")[-600:] if log.exists() else ""
            raise RuntimeError(f"{program}: {done.stdout.decode(errors='replace')[-600:]} {logged}")

    def url(self) -> str:
        """Give the address of its database."""
        return f"postgresql://postgres@{quote(str(self.folder), safe='')}/postgres"

    def connect(self) -> psycopg.Connection:
        """Connect to its database, as soon as that can be done."""
        return soon(lambda: psycopg.connect(self.url(), autocommit=True, connect_timeout=5))

    def start(self) -> None:
        """Start the server; after a kill its last children may have to end first."""
        socket = f"-k {shlex.quote(str(self.folder))}"
        soon(lambda: self.call("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", socket, "start"))

    def stop(self) -> None:
        """Stop it, frozen or not."""
        self.thaw()
        with suppress(RuntimeError):
            self.call("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def restart_at_once(self) -> None:
        """Restart it as an administrator in a hurry does: without a checkpoint, in the middle of everything."""
        self.call("pg_ctl", "-D", "data", "-w", "-m", "immediate", "-l", "log", "restart")

    def kill(self) -> None:
        """End the postmaster with a signal that it cannot catch; its children notice and end."""
        processes = self.processes()
        with suppress(psutil.Error, IndexError):
            processes[0].kill()
        ends = time.monotonic() + 30
        while any(map(_runs, processes)):
            if time.monotonic() > ends:
                raise RuntimeError("PostgreSQL does not end")
            time.sleep(0.01)
        # Where nothing takes care of dead processes, as in a container, it looks as if it still ran.
        for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / lock).unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let all of the server stand still, as it does when its disk does not answer."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def signal(self, sign: signal.Signals) -> None:
        """Send a signal to all of its processes, of which some may end meanwhile."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.send_signal(sign)

    def processes(self) -> list[psutil.Process]:
        """Give the server's processes, the postmaster first."""
        try:
            postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return [postmaster, *postmaster.children(recursive=True)]
        except (OSError, ValueError, IndexError, psutil.Error):
            return []

    def remove(self) -> None:
        """Stop it and take its data away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def soon(ask: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask until something works, and give what it gives."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (RuntimeError, OSError, psycopg.Error):
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
